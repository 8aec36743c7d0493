//! Services whose own tokens have no `aud`.

use crate::support::{attacked, check_changed, ids, plain, sent, served, verifier};
use auth_testkit::{Severity, TestIssuer, attack};
use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::json;
use std::sync::Arc;

/// A service with its own HS256 tokens, and `jsonwebtoken` with its default.
fn of_jsonwebtoken(issuer: &TestIssuer, set: fn(&mut Validation)) -> Router {
    let keys: JwkSet = serde_json::from_str(&issuer.jwks_json()).unwrap();
    let key = DecodingKey::from_jwk(&keys.keys[0]).unwrap();
    let mut validation = Validation::new(Algorithm::HS256);
    set(&mut validation);
    let trusted = Arc::new((key, validation));
    plain(move |parts| {
        let trusted = Arc::clone(&trusted);
        async move {
            let header = parts.headers.get("authorization").and_then(|value| value.to_str().ok());
            let token = header.and_then(|header| header.strip_prefix("Bearer ")).unwrap_or_default();
            let decoded = decode::<serde_json::Value>(token, &trusted.0, &trusted.1);
            decoded.map(drop).map_err(|_| StatusCode::UNAUTHORIZED.into_response())
        }
    })
}

fn issuer() -> TestIssuer {
    TestIssuer::signing_with(auth_runtime::keys::Algorithm::HS256).with_token_type(Some("JWT"))
}

#[tokio::test]
async fn a_service_without_an_audience_accepts_tokens_for_other_purposes() {
    let issuer = issuer().without_audience();
    let report = attacked(attack(served(of_jsonwebtoken(&issuer, |_| ())).await).with(&issuer)).await;
    assert!(ids(&report, Severity::Control).is_empty(), "{report}");
    let through = ids(&report, Severity::GotThrough);
    for id in ["T21", "T22", "T24", "T25", "T26", "T27", "T31"] {
        assert!(through.contains(&id), "{id}: {report}");
    }
    // The default of `jsonwebtoken` rejects an `aud`. The report lists what does not exist here.
    assert!(!through.contains(&"T23"), "{report}");
    assert!(report.not_sent["T23 without aud"].contains("good tokens have no `aud`"), "{:?}", report.not_sent);
}

#[tokio::test]
async fn a_service_that_ignores_aud_accepts_tokens_for_another_service() {
    let issuer = issuer().without_audience();
    let app = of_jsonwebtoken(&issuer, |validation| validation.validate_aud = false);
    let report = attacked(attack(served(app).await).with(&issuer)).await;
    let found: Vec<&str> = report.findings.iter().map(|finding| finding.attack.as_str()).collect();
    for attack in ["another audience", "a list of other audiences"] {
        assert!(found.contains(&attack), "{attack}: {report}");
    }
}

/// The remedy is tried before it is named.
#[tokio::test]
async fn a_rejected_aud_is_named_as_the_cause() {
    let issuer = issuer();
    let app = of_jsonwebtoken(&issuer, |_| ());
    let shown = attacked(attack(served(app).await).with(&issuer)).await.to_string();
    assert!(shown.contains("INCONCLUSIVE: GET /orders good"), "{shown}");
    assert!(shown.contains("accepts the token without `aud`: add `.without_audience()` to the issuer"), "{shown}");
}

#[tokio::test]
async fn a_service_that_expects_no_aud_and_checks_the_rest_passes() {
    let issuer = TestIssuer::new().without_audience();
    let verifier = verifier(&issuer);
    let report = {
        let trusted = issuer.clone();
        let app = plain(move |parts| {
            let (issuer, verifier) = (trusted.clone(), verifier.clone());
            async move {
                check_changed(&issuer, &verifier, parts, |_, claims| {
                    // As `jsonwebtoken`: an `aud` that is not expected is wrong.
                    let aud = if claims.get("aud").is_some() { "unexpected" } else { issuer.audience() };
                    claims["aud"] = json!(aud);
                })
                .await
            }
        });
        attacked(attack(served(app).await).with(&issuer)).await
    };
    report.assert_nothing_got_through();
    assert!(sent(&report, "T23") > 0 && sent(&report, "T22") > 0, "{report}");
}
