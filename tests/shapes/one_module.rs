//! One module of a service is behind the gate, in a plain router.
//!
//! A service moves over in this way, module by module.

use auth_runtime::events::Collected;
use auth_runtime::routing::{get, post};
use auth_runtime::{AuthRouter, Authenticated, Claims, Events, Verifier, authenticated, public};
use auth_testkit::{AttackBuilder, TestIssuer, attack};
use axum::Router;
use axum::extract::Path;
use axum::middleware::{Next, from_fn};
use tower::ServiceExt;

#[authenticated]
async fn order(auth: Authenticated<Claims>, Path(id): Path<u64>) -> String {
    format!("{} {id}", auth.subject())
}

#[authenticated]
async fn place(body: String) -> String {
    body
}

#[public(reason = "prices are for everyone")]
async fn prices() -> &'static str {
    "prices"
}

fn orders() -> AuthRouter<Verifier<Claims>> {
    AuthRouter::new().route("/", post(place)).route("/{id}", get(order)).route("/prices", get(prices))
}

/// The service: a plain router with its own routes, and the module that has moved.
fn service(issuer: &TestIssuer) -> (Router, Collected) {
    let (events, collected) = Events::collect();
    let orders: AuthRouter = orders().with_state(issuer.verifier(events).expect("a verifier"));
    let plain = Router::new().route("/health", axum::routing::get(|| async { "ok" }));
    (plain.nest_service("/orders", orders), collected)
}

/// Attacks the routes of the module by name.
///
/// A plain router has three paths for a nested service, and does not know the routes in it.
fn attacked(router: Router, issuer: &TestIssuer) -> AttackBuilder {
    attack(router)
        .with(issuer)
        .route("POST /orders")
        .route("GET /orders/{id}")
        .route("GET /orders/prices")
        .without_route("ANY /orders", "named by method above")
        .without_route("ANY /orders/", "named by method above")
        .without_route("ANY /orders/{*rest}", "named by method and path above")
        .public("GET /orders/prices", "prices are for everyone")
        .public("GET /health", "load balancer probe")
}

#[tokio::test]
async fn nothing_gets_through_to_a_module_that_is_nested_as_a_service() {
    let issuer = TestIssuer::new();
    let (router, collected) = service(&issuer);
    let report = attacked(router, &issuer).await;
    report.assert_nothing_got_through();
    assert!(report.findings.is_empty(), "{report}");
    let events = collected.take();
    assert!(events.len() > 100, "the rejections made {} events", events.len());
    // The template, with the prefix of the plain router, and never the path.
    assert!(events.iter().all(|event| event.route.as_deref().is_some_and(|route| !route.contains("/1"))), "{events:?}");
}

/// The router of the module is attacked by itself as well, below its prefix: it knows its routes.
#[tokio::test]
async fn the_module_is_attacked_by_itself() {
    let issuer = TestIssuer::new();
    let orders = orders().with_state(issuer.verifier(Events::collect().0).expect("a verifier"));
    attack(AuthRouter::new().nest("/orders", orders)).with(&issuer).await.assert_nothing_got_through();
}

/// The kit would notice a plain router that answers by itself below the prefix.
#[tokio::test]
async fn a_layer_of_the_plain_router_that_answers_is_found() {
    let issuer = TestIssuer::new();
    let (router, _) = service(&issuer);
    let answers = from_fn(async |request: axum::extract::Request, next: Next| {
        if request.uri().path().starts_with("/orders/1") {
            return axum::response::IntoResponse::into_response("cached");
        }
        next.run(request).await
    });
    let report = attacked(router.layer(answers), &issuer).await;
    assert!(report.findings.iter().any(|finding| finding.route == "GET /orders/{id}"), "{report}");
}

/// The prefix is stripped once, and the parameters arrive.
#[tokio::test]
async fn a_caller_reaches_the_module_below_the_prefix() {
    let issuer = TestIssuer::new();
    let (router, _) = service(&issuer);
    let bearer = format!("Bearer {}", issuer.token().signed());
    let request = http::Request::get("/orders/7").header("authorization", bearer).body(axum::body::Body::empty());
    let response = router.oneshot(request.expect("a request")).await.expect("an answer");
    assert_eq!(response.status(), 200);
}
