//! The services that are compared: the same route and the same token behind different checks.

mod by_hand;
mod looked_up;
mod ours;
#[cfg(feature = "peers")]
mod peers;
mod signed;
mod the_least;

pub use by_hand::{by_hand, by_hand_in_a_layer, by_hand_with_a_cache};
pub use looked_up::{api_keys, api_keys_beside_tokens, sessions, tokens_beside_api_keys};
use ours::verifier_of_tokens_and;
pub use ours::{ours, unremembered, unremembered_with_few_claims, verifier};
#[cfg(feature = "peers")]
pub use peers::PEERS;
pub use signed::{signed_body, signed_by_hand};
pub use the_least::{bound, signature};

use auth_runtime::keys::Algorithm;
use auth_testkit::TestIssuer;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use serde::Deserialize;
use std::convert::Infallible;
use tower::util::BoxCloneSyncService;

/// A service in this process.
pub type Service = BoxCloneSyncService<Request<Body>, Response, Infallible>;

/// The algorithms that are compared.
pub const ALGORITHMS: [Algorithm; 4] = [Algorithm::HS256, Algorithm::RS256, Algorithm::ES256, Algorithm::Ed25519];

/// What most services read of a token.
#[derive(Debug, Clone, Deserialize)]
#[expect(dead_code, reason = "a handler would read them")]
pub struct FewClaims {
    sub: String,
    scope: String,
    exp: u64,
}

/// A service without a check.
#[must_use]
pub fn plain() -> Service {
    BoxCloneSyncService::new(Router::new().route("/orders", axum::routing::get(|| async { "ok" })))
}

/// An issuer whose tokens have some 700 bytes, as those of identity providers do.
#[must_use]
pub fn issuer(algorithm: Algorithm) -> TestIssuer {
    TestIssuer::signing_with(algorithm)
        .named("https://id.example.com/realms/production")
        .for_audience("https://api.example.com/orders")
        // Two of the peers refuse tokens without one, when they are to look at it.
        .with_claim("nbf", 1_700_000_000)
        .with_claim("scope", "openid profile email orders:read orders:write orders:refund")
        .with_claim("email", "alice@example.com")
        .with_claim("roles", serde_json::json!(["clerk", "auditor"]))
}

/// A good token. All but ours know Ed25519 by its older name only.
#[must_use]
pub fn token(issuer: &TestIssuer) -> String {
    issuer.token().header("alg", older_name(issuer.algorithm())).signed()
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

fn older_name(algorithm: Algorithm) -> &'static str {
    algorithm.names().last().expect("a name")
}

/// The issuer's keys, with the older name.
fn jwks(issuer: &TestIssuer) -> String {
    issuer.jwks_json().replace("\"alg\":\"Ed25519\"", "\"alg\":\"EdDSA\"")
}
