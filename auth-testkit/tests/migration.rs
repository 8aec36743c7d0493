//! A typical service, attacked before and after its migration to `AuthRouter`.
//!
//! Before, it has an extractor around `jsonwebtoken::decode`, as the documentation and axum's
//! example show it.

use auth_runtime::{AuthRouter, Authenticated, Claims, Events, Verifier, authenticated};
use auth_testkit::{AttackReport, Severity, TestIssuer, attack};
use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::get;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::Arc;

mod before {
    use super::{Algorithm, Arc, Deserialize, FromRequestParts, Parts, StatusCode};
    use super::{DecodingKey, JwkSet, Router, TestIssuer, Validation, get};

    #[derive(Deserialize)]
    struct Claims {
        sub: String,
    }

    struct User(Claims);

    impl FromRequestParts<Arc<(DecodingKey, Validation)>> for User {
        type Rejection = StatusCode;

        async fn from_request_parts(
            parts: &mut Parts,
            state: &Arc<(DecodingKey, Validation)>,
        ) -> Result<Self, StatusCode> {
            let header = parts.headers.get("authorization").and_then(|value| value.to_str().ok());
            let token = header.and_then(|header| header.strip_prefix("Bearer ")).ok_or(StatusCode::UNAUTHORIZED)?;
            let decoded = jsonwebtoken::decode::<Claims>(token, &state.0, &state.1);
            decoded.map(|token| Self(token.claims)).map_err(|_| StatusCode::UNAUTHORIZED)
        }
    }

    async fn me(User(claims): User) -> String {
        claims.sub
    }

    pub(super) fn app(issuer: &TestIssuer) -> Router {
        let keys: JwkSet = serde_json::from_str(&issuer.jwks_json()).unwrap();
        let key = DecodingKey::from_jwk(&keys.keys[0]).unwrap();
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_issuer(&[issuer.name()]);
        validation.set_audience(&[issuer.audience()]);
        Router::new().route("/me", get(me)).with_state(Arc::new((key, validation)))
    }
}

#[authenticated]
async fn me(auth: Authenticated<Claims>) -> String {
    auth.sub.clone()
}

fn after(issuer: &TestIssuer) -> AuthRouter {
    let verifier: Verifier<Claims> = issuer.verifier(Events::collect().0).unwrap();
    AuthRouter::new().route("/me", auth_runtime::routing::get(me)).with_state(verifier)
}

/// The ids of the attacks that got through.
fn through(report: &AttackReport) -> BTreeSet<&str> {
    let through = report.findings.iter().filter(|finding| finding.severity == Severity::GotThrough);
    through.map(|finding| finding.id.as_str()).collect()
}

#[tokio::test]
async fn a_typical_service_is_attacked_before_and_after_its_migration() {
    let issuer = TestIssuer::signing_with(auth_runtime::keys::Algorithm::ES256);
    let report = attack(before::app(&issuer)).with(&issuer).await;
    println!("{report}");
    // Two headers at once; a token without `aud` or `iss`, of another type, not yet valid, issued
    // in the future, valid for a hundred years, with two `sub`, or with a critical extension.
    let expected = ["H05", "T21", "T22", "T23", "T24", "T25", "T26", "T27", "T30", "T31"];
    assert!(through(&report).is_superset(&expected.into()), "{:?}", through(&report));
    // Correct checks have no findings.
    assert!(through(&report).is_disjoint(&["H01", "H02", "T01", "T02", "T03", "T04", "T16", "T36"].into()));
    assert!(report.to_string().contains("GOT THROUGH: GET /me"), "{report}");

    attack(after(&issuer)).with(&issuer).await.assert_nothing_got_through();
}
