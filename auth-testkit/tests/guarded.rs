//! A service on an `AuthRouter` passes, for every algorithm.

use auth_runtime::routing::{any, get, post};
use auth_runtime::{Algorithm, AuthRouter, Authenticated, Claims, Events, Verifier, authenticated, public, scope};
use auth_testkit::{TestIssuer, attack};
use axum::extract::Path;

scope!(OrdersWrite = "orders:write");

#[authenticated]
async fn list(auth: Authenticated<Claims>) -> String {
    auth.sub.clone()
}

#[authenticated(requires = OrdersWrite)]
async fn place(_auth: Authenticated<Claims, OrdersWrite>, body: String) -> String {
    body
}

#[authenticated]
async fn show(Path(id): Path<u64>) -> String {
    id.to_string()
}

#[public(reason = "load balancer probe")]
async fn health() -> &'static str {
    "ok"
}

fn app(issuer: &TestIssuer) -> AuthRouter {
    let verifier: Verifier<Claims> = Verifier::builder()
        .issuer(issuer.name())
        .audience(issuer.audience())
        .keys(issuer.key_set())
        .events(Events::collect().0)
        .build()
        .unwrap();
    AuthRouter::new()
        .route("/orders", get(list).post(place))
        .route("/orders/{id}", get(show).delete(show))
        .route("/anything", any(list))
        .route("/put", post(list).put(list).patch(list))
        .route("/health", get(health))
        .with_state(verifier)
}

const ALGORITHMS: [Algorithm; 12] = [
    Algorithm::HS256,
    Algorithm::HS384,
    Algorithm::HS512,
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::Ed25519,
];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_gets_through_an_auth_router_whatever_its_algorithm() {
    for algorithm in ALGORITHMS {
        let issuer = TestIssuer::signing_with(algorithm);
        let report = attack(app(&issuer)).with(&issuer).await;
        println!("{algorithm}: {report}");
        report.assert_nothing_got_through();
    }
}
