//! Attacks signed routes of an `AuthRouter`. Each scheme passes, and mistakes of a test are found.

use auth_runtime::routing::post;
use auth_runtime::setup::{Closing, SetupGate, SetupState, SetupStateError, SetupStatus, SetupToken};
use auth_runtime::signatures::{Scheme, Sender, Signatures, SigningSecret};
use auth_runtime::{AuthRouter, Events, Rejection, Setup, Signed, setup, signature, signed};
use auth_testkit::{AttackReport, Severity, TestSender, TestSetup, attack};
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

signature!(GitHub = Scheme::github());
signature!(Stripe = Scheme::stripe());
signature!(Slack = Scheme::slack());
signature!(Shopify = Scheme::shopify());
signature!(Standard = Scheme::standard_webhooks());
signature!(Svix = Scheme::svix());
signature!(
    Warehouse = Scheme::hmac("X-Warehouse")
        .base64()
        .signed("{id}:{timestamp}:{body}")
        .timestamp_header("X-Warehouse-Time")
        .delivery_id_header("X-Warehouse-Id")
        .tolerance(Duration::from_secs(10 * 60))
);

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const MAX_BODY: usize = 32 * 1024;

#[signed(GitHub)]
async fn pushed(event: Signed<GitHub>) -> Vec<u8> {
    event.into_bytes().to_vec()
}

fn signatures<S: Sender>() -> Signatures<S> {
    let secret = SigningSecret::from_bytes(SECRET);
    Signatures::builder().secret(secret).max_body(MAX_BODY).events(Events::collect().0).build().unwrap()
}

fn sender<S: Sender>() -> TestSender {
    TestSender::of::<S>(SECRET).max_body(MAX_BODY)
}

fn github() -> AuthRouter {
    AuthRouter::new().route("/hook", post(pushed)).with_state(signatures::<GitHub>())
}

fn of<S: Sender<Opens = ()>>() -> AuthRouter {
    AuthRouter::new().route("/hook", post(async |event: Signed<S>| event.into_bytes())).with_state(signatures::<S>())
}

/// The ids of the attacks that were sent to the signed route.
fn sent(report: &AttackReport) -> Vec<&str> {
    let hook = report.routes.iter().find(|route| route.route.path == "/hook").unwrap();
    hook.tried.keys().map(String::as_str).collect()
}

#[tokio::test]
async fn each_scheme_passes_all_attacks_that_it_has() {
    async fn passes<S: Sender>(app: AuthRouter, others: &[&str]) {
        let report = attack(app).with_sender(&sender::<S>()).await;
        report.assert_nothing_got_through();
        let always = ["G01", "G02", "G03", "G04", "G05", "G06", "G07", "G08", "G09", "G10", "G11", "G12"];
        let sent = sent(&report);
        for id in always.iter().chain(others).chain(&["G18", "G19", "G20", "good"]) {
            assert!(sent.contains(id), "{} {id}: {sent:?}", S::NAME);
        }
    }
    const TIMED: &[&str] = &["G13", "G14", "G15", "G16", "G17"];
    passes::<GitHub>(github(), &[]).await;
    passes::<Shopify>(of::<Shopify>(), &[]).await;
    passes::<Stripe>(of::<Stripe>(), TIMED).await;
    passes::<Slack>(of::<Slack>(), TIMED).await;
    passes::<Standard>(of::<Standard>(), TIMED).await;
    passes::<Svix>(of::<Svix>(), TIMED).await;
    passes::<Warehouse>(of::<Warehouse>(), TIMED).await;
}

#[track_caller]
fn assert_inconclusive(report: &AttackReport, problem: &str) {
    let found =
        |finding: &auth_testkit::Finding| finding.severity == Severity::Control && finding.problem.contains(problem);
    assert!(report.findings.iter().any(found), "{problem}: {report}");
    assert!(report.verdict().starts_with("inconclusive"), "{}", report.verdict());
}

#[tokio::test]
async fn a_signed_route_without_a_sender_is_inconclusive() {
    let issuer = auth_testkit::TestIssuer::new();
    let report = attack(github()).with(&issuer).await;
    assert_inconclusive(&report, "no sender for a signed route: POST /hook: add");
    let report = attack(github()).with(&issuer).without_route("POST /hook", "the sender signs in hardware").await;
    report.assert_nothing_got_through();
}

#[tokio::test]
async fn a_sender_without_a_route_is_inconclusive() {
    let report = attack(github()).with_sender(&sender::<GitHub>()).with_sender(&sender::<Slack>()).await;
    assert_inconclusive(&report, "no route of a sender: Slack");
    let report = attack(github()).with_sender_on("POST /hook", &sender::<Slack>()).await;
    assert_inconclusive(&report, "wrong sender for a signed route: Slack");
    let report = attack(github()).with_sender(&sender::<GitHub>()).with_sender_on("POST /hok", &sender::<GitHub>());
    assert_inconclusive(&report.await, "unknown route: `.with_sender_on(\"POST /hok\", ..)`");
}

#[tokio::test]
async fn a_secret_that_the_service_does_not_know_is_inconclusive() {
    let report = attack(github()).with_sender(&TestSender::of::<GitHub>("another-secret-of-the-sender")).await;
    assert_inconclusive(&report, "good delivery was rejected: `401");
}

/// A service whose tests set its clock.
#[tokio::test]
async fn a_sender_signs_by_the_clock_of_the_service() {
    let then = || std::time::UNIX_EPOCH + Duration::from_secs(1_500_000_000);
    let app = || {
        let stripe = Signatures::<Stripe>::builder().secret(SigningSecret::from_bytes(SECRET));
        let stripe = stripe.max_body(MAX_BODY).clock(then).events(Events::collect().0).build().unwrap();
        AuthRouter::new().route("/hook", post(async |event: Signed<Stripe>| event.into_bytes())).with_state(stripe)
    };
    attack(app()).with_sender(&sender::<Stripe>().clock(then)).await.assert_nothing_got_through();
    let by_another_clock = attack(app()).with_sender(&sender::<Stripe>()).await;
    assert_inconclusive(&by_another_clock, "good delivery was rejected: `401");
}

/// A layer reads the body of an unsigned request before the gate.
#[tokio::test]
async fn a_body_that_a_layer_reads_first_is_found() {
    async fn buffered(request: Request, next: Next) -> Response {
        let (parts, body) = request.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
        next.run(Request::from_parts(parts, Body::from(bytes))).await
    }
    let report = attack(github().layer(from_fn(buffered))).with_sender(&sender::<GitHub>()).await;
    let is_about_reads = |finding: &auth_testkit::Finding| finding.problem.contains("was read");
    assert!(report.findings.iter().all(is_about_reads), "{report}");
    for id in ["G01", "G12", "G19"] {
        assert!(report.findings.iter().any(|finding| finding.id == id), "{id}: {report}");
    }
}

/// A layer answers requests that carry the header, before their signature is verified.
#[tokio::test]
async fn a_layer_that_answers_signed_requests_is_found() {
    async fn answering(request: Request, next: Next) -> Response {
        if request.headers().contains_key("authorization") {
            Response::new(Body::empty())
        } else {
            next.run(request).await
        }
    }
    let report = attack(github().layer(from_fn(answering))).with_sender(&sender::<GitHub>()).await;
    let through: Vec<&str> = report.findings.iter().map(|finding| finding.id.as_str()).collect();
    assert!(!through.is_empty() && through.iter().all(|id| *id == "G20"), "{report}");
}

/// The service reads more than the test declares.
#[tokio::test]
async fn a_cap_that_is_not_that_of_the_test_is_found() {
    let sender = TestSender::of::<GitHub>(SECRET).max_body(1024).body(|number| format!("[{number}]"));
    let app = AuthRouter::new().route("/hook", post(pushed));
    let report = attack(app.with_state(wide())).with_sender(&sender).await;
    let ids: Vec<&str> = report.findings.iter().map(|finding| finding.id.as_str()).collect();
    assert_eq!(ids, ["G19"], "{report}");
}

fn wide() -> Signatures<GitHub> {
    Signatures::builder().secret(SigningSecret::from_bytes(SECRET)).events(Events::collect().0).build().unwrap()
}

#[test]
fn a_sender_signs_any_body_at_any_time() {
    let at = std::time::UNIX_EPOCH + Duration::from_secs(1_492_774_577);
    let headers = TestSender::of::<Slack>("8f742231b10e8888abcd99yyyzzz85a5")
        .sign_at("token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J", at);
    assert_eq!(headers["x-slack-request-timestamp"], "1492774577");
    assert!(headers["x-slack-signature"].to_str().unwrap().starts_with("v0="));
    // The example of GitHub's documentation.
    let headers = TestSender::of::<GitHub>("It's a Secret to Everybody").sign("Hello, World!");
    let documented = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    assert_eq!(headers["x-hub-signature-256"], documented);
}

#[test]
fn a_sender_does_not_print_its_secret() {
    assert!(!format!("{:?}", sender::<GitHub>()).contains("whsec"));
}

/// A set-up that is always open.
struct Open;

impl SetupState for Open {
    fn status(&self) -> Pin<Box<dyn Future<Output = Result<SetupStatus, SetupStateError>> + Send + '_>> {
        Box::pin(async { Ok(SetupStatus::StillOpen) })
    }

    fn close(&self) -> Pin<Box<dyn Future<Output = Result<Closing, SetupStateError>> + Send + '_>> {
        Box::pin(async { Ok(Closing::ByThisCall) })
    }
}

#[setup(reason = "creates the first administrator")]
async fn first(setup: Setup) -> Result<(), Rejection> {
    setup.close().await.map(drop)
}

/// A test may have events of its own, so this is a suggestion.
#[tokio::test]
async fn rejections_of_a_sender_and_a_set_up_that_go_nowhere_are_in_the_report() {
    const TOKEN: &str = "c1f0e7ab34d52880617cbfe94a1d3f29";
    let suggestions = async |events: fn() -> Events| {
        let signatures = Signatures::<GitHub>::builder().secret(SigningSecret::from_bytes(SECRET)).events(events());
        let hook = AuthRouter::new().route("/hook", post(pushed)).with_state(signatures.build().unwrap());
        let report = attack(hook).with_sender(&sender::<GitHub>()).only_in_a_test_of_the_kit(&["G01"]).await;
        let gate = SetupGate::new(SetupToken::from_text(TOKEN).unwrap(), Open, events()).unwrap();
        let first = AuthRouter::new().route("/setup", post(first)).with_state(gate);
        let first = attack(first).with_setup(&TestSetup::new(TOKEN)).only_in_a_test_of_the_kit(&["U01"]).await;
        [report.suggestions, first.suggestions].concat()
    };
    let found = suggestions(|| Events::discard("the answers are read")).await;
    let remedy = "are discarded: the answers are read: a service emits them, so that an attack is seen: give it";
    assert_eq!(
        found,
        [
            format!("rejections of the sender GitHub {remedy} `Events::stderr()`"),
            format!("rejections of the set-up POST /setup {remedy} `Events::stderr()`"),
        ]
    );
    assert!(suggestions(|| Events::collect().0).await.is_empty());
}
