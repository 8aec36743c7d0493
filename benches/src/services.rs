//! One route that answers `ok`, in front of which somebody checks the same token.

use auth_runtime::routing::get;
use auth_runtime::{Algorithm, AuthRouter, Authenticated, Claims, Events, Verifier, authenticated};
use auth_testkit::TestIssuer;
use axum::Router;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use jsonwebtoken::{DecodingKey, Validation};
use serde::Deserialize;
use std::convert::Infallible;
use std::sync::Arc;
use tower::util::BoxCloneSyncService;

/// A service in this process.
pub type Service = BoxCloneSyncService<Request<Body>, Response, Infallible>;

/// The algorithms that are compared.
pub const ALGORITHMS: [Algorithm; 4] = [Algorithm::HS256, Algorithm::RS256, Algorithm::ES256, Algorithm::Ed25519];

/// An issuer whose tokens have some 700 bytes, as those of identity providers do.
#[must_use]
pub fn issuer(algorithm: Algorithm) -> TestIssuer {
    TestIssuer::signing_with(algorithm)
        .named("https://id.example.com/realms/production")
        .for_audience("https://api.example.com/orders")
        .with_claim("scope", "openid profile email orders:read orders:write orders:refund")
        .with_claim("email", "alice@example.com")
        .with_claim("roles", serde_json::json!(["clerk", "auditor"]))
}

/// A request with a token, or without.
#[must_use]
pub fn request(token: Option<&str>) -> Request<Body> {
    let mut request = Request::get("/orders");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request.body(Body::empty()).expect("a request")
}

/// Nobody checks anything.
#[must_use]
pub fn plain() -> Service {
    BoxCloneSyncService::new(Router::new().route("/orders", axum::routing::get(|| async { "ok" })))
}

#[authenticated]
async fn list(_auth: Authenticated<Claims>) -> &'static str {
    "ok"
}

/// A verifier of ours.
#[must_use]
pub fn verifier(issuer: &TestIssuer, events: Events) -> Verifier<Claims> {
    Verifier::builder()
        .issuer(issuer.name())
        .audience(issuer.audience())
        .keys(issuer.key_set())
        .events(events)
        .build()
        .expect("a verifier")
}

/// Ours, as it is by default.
#[must_use]
pub fn ours(issuer: &TestIssuer, events: Events) -> Service {
    BoxCloneSyncService::new(AuthRouter::new().route("/orders", get(list)).with_state(verifier(issuer, events)))
}

/// Ours, with each token verified anew.
#[must_use]
pub fn unremembered(issuer: &TestIssuer) -> Service {
    let verifier: Verifier<Claims> = Verifier::builder()
        .issuer(issuer.name())
        .audience(issuer.audience())
        .keys(issuer.key_set())
        .events(Events::collect().0)
        .without_cache()
        .build()
        .expect("a verifier");
    BoxCloneSyncService::new(AuthRouter::new().route("/orders", get(list)).with_state(verifier))
}

/// What people write by hand: an extractor around `jsonwebtoken::decode`.
#[must_use]
pub fn by_hand(issuer: &TestIssuer) -> Service {
    struct Decoder {
        key: DecodingKey,
        validation: Validation,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "a handler would read them")]
    struct HandClaims {
        sub: String,
        scope: String,
        exp: u64,
        #[serde(flatten)]
        rest: serde_json::Map<String, serde_json::Value>,
    }

    struct Caller(#[expect(dead_code, reason = "a handler would read it")] HandClaims);

    impl FromRequestParts<Arc<Decoder>> for Caller {
        type Rejection = StatusCode;

        async fn from_request_parts(parts: &mut Parts, decoder: &Arc<Decoder>) -> Result<Self, StatusCode> {
            let header = parts.headers.get("authorization").ok_or(StatusCode::UNAUTHORIZED)?;
            let token = header.to_str().ok().and_then(|header| header.strip_prefix("Bearer "));
            let token = token.ok_or(StatusCode::UNAUTHORIZED)?;
            let decoded = jsonwebtoken::decode::<HandClaims>(token, &decoder.key, &decoder.validation);
            decoded.map(|token| Self(token.claims)).map_err(|_| StatusCode::UNAUTHORIZED)
        }
    }

    let algorithm = match issuer.algorithm() {
        Algorithm::Ed25519 => jsonwebtoken::Algorithm::EdDSA,
        other => other.to_string().parse().expect("an algorithm that both know"),
    };
    let set: jsonwebtoken::jwk::JwkSet = serde_json::from_str(
        &issuer
            .jwks_json()
            .replace("\"Ed25519\",\"crv\"", "\"EdDSA\",\"crv\"")
            .replace("\"alg\":\"Ed25519\"", "\"alg\":\"EdDSA\""),
    )
    .expect("a key set");
    let mut validation = Validation::new(algorithm);
    validation.set_issuer(&[issuer.name()]);
    validation.set_audience(&[issuer.audience()]);
    validation.validate_nbf = true;
    let key = DecodingKey::from_jwk(&set.keys[0]).expect("a key");
    let router = Router::new().route("/orders", axum::routing::get(|_: Caller| async { "ok" }));
    BoxCloneSyncService::new(router.with_state(Arc::new(Decoder { key, validation })))
}
