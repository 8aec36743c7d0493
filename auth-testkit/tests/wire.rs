//! The same attack over a socket, where only the responses are visible.

use auth_runtime::routing::{get, post};
use auth_runtime::setup::{Closing, SetupGate, SetupState, SetupStateError, SetupStatus, SetupToken};
use auth_runtime::signatures::{Scheme, Signatures, SigningSecret};
use auth_runtime::{
    AuthRouter, Authenticated, Claims, Events, Rejection, Setup, Signed, Verifier, Visitor, authenticated, public,
    scope, serve, setup, signature, signed,
};
use auth_testkit::lock::Lock;
use auth_testkit::{Severity, Target, TestIssuer, TestSender, attack};
use axum::body::Body;
use axum::extract::Request;
use axum::http::Method;
use axum::middleware::{Next, from_fn};
use std::pin::Pin;
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

signature!(Bank = Scheme::stripe());

const SECRET: &str = "whsec_a-long-random-secret-of-a-bank";

#[signed(Bank)]
async fn paid(event: Signed<Bank>) -> Vec<u8> {
    event.into_bytes().to_vec()
}

fn hook() -> AuthRouter {
    let bank = Signatures::<Bank>::builder().secret(SigningSecret::from_bytes(SECRET)).events(Events::collect().0);
    AuthRouter::new().route("/hook", post(paid)).with_state(bank.build().unwrap())
}

#[tokio::test]
async fn a_signed_route_on_a_socket_is_attacked() {
    let issuer = TestIssuer::new();
    let (address, lock) = served(app(&issuer).merge(hook())).await;
    let target = || Target::over_the_wire(&address, &lock).unwrap();
    let report = attack(target()).with(&issuer).with_sender(&TestSender::of::<Bank>(SECRET)).await;
    report.assert_nothing_got_through();
    let hook = report.routes.iter().find(|route| route.route.path == "/hook").unwrap();
    let all: Vec<String> = (1..=20).map(|number| format!("G{number:02}")).chain(["good".to_owned()]).collect();
    assert!(hook.tried.keys().eq(&all), "{:?}", hook.tried);

    // Without the secret it gets requests without a signature.
    let report = attack(target()).with(&issuer).await;
    report.assert_nothing_got_through();
    let hook = report.routes.iter().find(|route| route.route.path == "/hook").unwrap();
    assert!(hook.tried.keys().eq(["G01", "G20"]), "{:?}", hook.tried);
    assert!(report.to_string().contains("NOT ATTACKED with signatures: the test has no sender for it (POST /hook)"));
}

/// A state that another process would hold.
struct Open;

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, SetupStateError>> + Send + 'a>>;

impl SetupState for Open {
    fn status(&self) -> Answer<'_, SetupStatus> {
        Box::pin(async { Ok(SetupStatus::StillOpen) })
    }

    fn close(&self) -> Answer<'_, Closing> {
        Box::pin(async { Ok(Closing::ByThisCall) })
    }
}

#[setup(reason = "creates the first administrator")]
async fn first(setup: Setup) -> Result<(), Rejection> {
    setup.close().await.map(drop)
}

#[tokio::test]
async fn a_set_up_is_attacked_over_the_wire_without_its_token() {
    let issuer = TestIssuer::new();
    let token = SetupToken::from_text("c1f0e7ab34d52880617cbfe94a1d3f29").unwrap();
    let gate = SetupGate::new(token, Open, Events::collect().0).unwrap();
    let first = AuthRouter::new().route("/setup", post(first)).with_state(gate);
    let (address, lock) = served(app(&issuer).merge(first)).await;
    let report = attack(Target::over_the_wire(&address, &lock).unwrap()).with(&issuer).await;
    report.assert_nothing_got_through();
    let route = report.routes.iter().find(|route| route.route.path == "/setup").unwrap();
    assert!(route.tried.keys().eq(["U01", "U02", "U04"]), "{:?}", route.tried);
    let note = "NOT ATTACKED with its token: the test has no token of the set-up (POST /setup)";
    assert!(report.to_string().contains(note), "{report}");
}

/// A layer in front of the service answers the webhook without its signature.
#[tokio::test]
async fn an_open_webhook_is_found_over_the_wire_without_its_secret() {
    let issuer = TestIssuer::new();
    let answering = async |request: Request, next: Next| match (request.method(), request.uri().path()) {
        (&Method::POST, "/hook") => axum::response::Response::new(Body::from("ok")),
        _ => next.run(request).await,
    };
    let open = hook().layer(from_fn(answering));
    let (address, lock) = served(app(&issuer).merge(open)).await;
    let report = attack(Target::over_the_wire(&address, &lock).unwrap()).with(&issuer).await;
    let through = report.findings.iter().filter(|finding| finding.severity == Severity::GotThrough);
    let through: Vec<_> = through.map(|finding| (finding.id.as_str(), finding.route.as_str())).collect();
    assert_eq!(through, [("G01", "POST /hook"), ("G20", "POST /hook")], "{report}");
    assert_eq!(report.verdict(), "G01 passes on POST /hook: the check does not run");
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
