//! The same attack over a socket, where only the responses are visible.

use auth_runtime::routing::get;
use auth_runtime::{AuthRouter, Authenticated, Claims, Events, Verifier, Visitor, authenticated, public, scope, serve};
use auth_testkit::lock::Lock;
use auth_testkit::{Severity, Target, TestIssuer, attack};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;

scope!(OrdersWrite = "orders:write");

#[authenticated]
async fn list() -> &'static str {
    "[]"
}

#[authenticated(requires = OrdersWrite)]
async fn place(_auth: Authenticated<Claims, OrdersWrite>, body: String) -> String {
    body
}

#[public(reason = "load balancer probe")]
async fn health() -> &'static str {
    "ok"
}

#[public(reason = "articles are for everyone", optional = Claims)]
async fn article(visitor: Visitor<Claims>) -> &'static str {
    if visitor.caller().is_some() { "with comments" } else { "an article" }
}

fn app(issuer: &TestIssuer) -> AuthRouter {
    let verifier: Verifier<Claims> = issuer.verifier(Events::collect().0).unwrap();
    AuthRouter::new()
        .route("/orders", get(list).post(place))
        .route("/health", get(health))
        .route("/articles", get(article))
        .with_state(verifier)
}

/// Serves the app, and returns its address and its lock.
async fn served(app: AuthRouter) -> (String, Lock) {
    let lock = Lock::of(&app.posture());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(serve(listener, app));
    (address, lock)
}

#[tokio::test]
async fn a_service_on_a_socket_is_attacked_by_its_lock() {
    let issuer = TestIssuer::new();
    let (address, lock) = served(app(&issuer)).await;
    let sent = Arc::new(AtomicUsize::new(0));
    let (counted, minting) = (Arc::clone(&sent), issuer.clone());
    let report = attack(Target::over_the_wire(&address, &lock).unwrap())
        .with_tokens(move || minting.token().scope("orders:write").signed())
        .published_keys(&issuer.jwks_json())
        .unwrap()
        .at_most(5_000)
        .on_progress(move |sent| counted.store(sent, Ordering::Relaxed))
        .await;
    report.assert_nothing_got_through();
    assert_eq!(sent.load(Ordering::Relaxed), report.requests);
    let tried = |id: &str| report.routes.iter().any(|route| route.tried.contains_key(id));
    for id in ["H01", "H05", "T01", "T02", "T03", "T12", "T17", "T34", "open", "H14"] {
        assert!(tried(id), "{id}");
    }
    // Without the issuer's key an expired token cannot be signed. The report lists that.
    assert!(!tried("T20") && report.not_sent.contains_key("T20 expired an hour ago"));
    assert!(report.not_sent["T20 expired an hour ago"].contains("only the issuer's key"));
}

#[tokio::test]
async fn with_the_issuers_key_everything_is_sent() {
    let issuer = TestIssuer::new();
    let (address, lock) = served(app(&issuer)).await;
    let report = attack(Target::over_the_wire(&address, &lock).unwrap()).with(&issuer).await;
    report.assert_nothing_got_through();
    assert!(report.routes.iter().any(|route| route.tried.contains_key("T20") && route.tried.contains_key("T29")));
}

#[tokio::test]
async fn a_request_that_gets_through_is_found_over_the_wire() {
    let issuer = TestIssuer::new();
    // A layer in front of the service accepts a header of the client.
    let open = app(&issuer).layer(from_fn(|request: Request, next: Next| async move {
        if request.headers().contains_key("x-user-id") {
            return axum::response::Response::new("[]".into());
        }
        next.run(request).await
    }));
    let (address, lock) = served(open).await;
    let report = attack(Target::over_the_wire(&address, &lock).unwrap()).with(&issuer).await;
    assert!(report.findings.iter().any(|finding| finding.severity == Severity::GotThrough && finding.id == "H11"));
}

#[tokio::test]
async fn an_unreachable_service_is_inconclusive() {
    let issuer = TestIssuer::new();
    let lock = Lock::of(&app(&issuer).posture());
    let nowhere = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let report = attack(Target::over_the_wire(&format!("http://{nowhere}"), &lock).unwrap()).with(&issuer).await;
    assert!(report.findings.iter().any(|finding| finding.severity == Severity::Control), "{report}");
    // Unmatched paths are still tried: a route has some five hundred attacks.
    assert!(report.requests < 300, "a route without a response is not attacked: {}", report.requests);
}

#[test]
fn an_invalid_address_is_rejected() {
    let lock = Lock::parse("").unwrap();
    for address in ["orders", "ftp://127.0.0.1/", "unix:/run/orders.sock", "http://"] {
        assert!(Target::over_the_wire(address, &lock).is_err(), "{address}");
    }
    for secret in
        ["http://ada:hunter2@127.0.0.1:1/", "ftp://ada:hunter2@127.0.0.1/", "ada:hunter2@127.0.0.1", "http://hunter2@"]
    {
        let Err(error) = Target::over_the_wire(secret, &lock) else { panic!("{secret}") };
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}
