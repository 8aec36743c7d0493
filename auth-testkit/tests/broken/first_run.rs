//! Services whose first administrator is created by a route, each with one mistake.
//!
//! After first-run pages that were open to the first client, or opened again (INC-45).

use crate::support::{assert_exploited, assert_only_caught};
use auth_testkit::{AttackReport, Severity, TestSetup, attack};
use axum::Router;
use axum::extract::State;
use axum::http::request::Builder;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::routing::post;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

const TOKEN: &str = "c1f0e7ab34d52880617cbfe94a1d3f29";

/// A check in parts. [`RIGHT`] has no mistake.
#[derive(Clone, Copy)]
struct Check {
    /// Whether a token is the right one.
    is_good: fn(&str) -> bool,
    /// Whether a request without a token is rejected.
    requires_a_token: bool,
    closes: bool,
    /// Whether it looks at its state and closes it in one step.
    closes_at_once: bool,
}

const RIGHT: Check =
    Check { is_good: |token| token == TOKEN, requires_a_token: true, closes: true, closes_at_once: true };

#[derive(Clone)]
struct Service {
    check: Check,
    closed: Arc<AtomicBool>,
    administrators: Arc<AtomicU64>,
}

/// The status and the challenge.
type Rejected = (StatusCode, [(&'static str, &'static str); 1]);

/// One answer to each bad request, with the challenge of RFC 6750.
fn rejected(challenge: &'static str) -> Result<StatusCode, Rejected> {
    Err((StatusCode::UNAUTHORIZED, [("www-authenticate", challenge)]))
}

async fn first_administrator(State(service): State<Service>, headers: HeaderMap) -> Result<StatusCode, Rejected> {
    let authorization = headers.get("authorization").and_then(|value| value.to_str().ok());
    match authorization.and_then(|value| value.strip_prefix("Bearer ")) {
        None if service.check.requires_a_token => return rejected("Bearer"),
        Some(token) if !(service.check.is_good)(token) => return rejected("Bearer error=\"invalid_token\""),
        _ => {}
    }
    let is_closed = if service.check.closes_at_once {
        service.closed.swap(service.check.closes, Ordering::SeqCst)
    } else {
        let is_closed = service.closed.load(Ordering::SeqCst);
        // The database creates the administrator.
        tokio::task::yield_now().await;
        service.closed.store(true, Ordering::SeqCst);
        is_closed
    };
    if is_closed {
        return rejected("Bearer error=\"invalid_token\"");
    }
    service.administrators.fetch_add(1, Ordering::SeqCst);
    Ok(StatusCode::CREATED)
}

fn app(check: Check) -> (Router, Arc<AtomicU64>) {
    let service = Service { check, closed: Arc::default(), administrators: Arc::default() };
    let administrators = Arc::clone(&service.administrators);
    (Router::new().route("/setup", post(first_administrator)).with_state(service), administrators)
}

async fn attacked(check: Check) -> AttackReport {
    let (app, administrators) = app(check);
    let attack = attack(app).with_setup_on("POST /setup", &TestSetup::new(TOKEN));
    attack
        .unchanged("administrators", move || {
            let administrators = administrators.load(Ordering::SeqCst);
            async move { administrators }
        })
        .await
}

fn exploit(token: Option<&str>) -> Builder {
    let request = Request::post("/setup");
    match token {
        Some(token) => request.header("authorization", format!("Bearer {token}")),
        None => request,
    }
}

#[tokio::test]
async fn inc_45_correct_set_up_has_no_finding() {
    attacked(RIGHT).await.assert_nothing_got_through();
}

/// "No user yet, so each caller is the administrator."
#[tokio::test]
async fn inc_45_set_up_that_is_open_without_a_token_is_caught() {
    let check = Check { requires_a_token: false, closes: false, ..RIGHT };
    assert_exploited(&app(check).0, exploit(None)).await;
    let report = attacked(check).await;
    assert!(report.verdict().contains("U01 passes on every route: the check does not run"), "{}", report.verdict());
    // The token in another place is a request without a token.
    assert_only_caught(&report, Severity::GotThrough, &["U01", "U03", "U05"]);
}

#[tokio::test]
async fn inc_45_set_up_that_stays_open_is_caught() {
    let check = Check { closes: false, ..RIGHT };
    let (router, _) = app(check);
    assert_exploited(&router, exploit(Some(TOKEN))).await;
    assert_exploited(&router, exploit(Some(TOKEN))).await;
    assert_only_caught(&attacked(check).await, Severity::GotThrough, &["U05"]);
}

/// The comparison ends with the shorter text.
#[tokio::test]
async fn inc_45_token_of_a_set_up_that_is_compared_by_its_beginning_is_caught() {
    let check = Check { is_good: |token| !token.is_empty() && TOKEN.starts_with(token), closes: false, ..RIGHT };
    assert_exploited(&app(check).0, exploit(Some(&TOKEN[..1]))).await;
    let report = attacked(check).await;
    let prefix = |finding: &&auth_testkit::Finding| finding.attack == "the first half of the token";
    assert!(report.findings.iter().any(|finding| prefix(&finding)), "{report}");
    assert_only_caught(&report, Severity::GotThrough, &["U02", "U05"]);
}

#[tokio::test]
async fn inc_45_set_up_that_two_requests_do_at_once_is_caught() {
    let check = Check { closes_at_once: false, ..RIGHT };
    let report = attacked(check).await;
    assert_only_caught(&report, Severity::GotThrough, &["U05"]);
    assert!(report.to_string().contains("set-up was done several times: `4` of 4 requests"), "{report}");
}
