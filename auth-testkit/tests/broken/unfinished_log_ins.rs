//! Services with a second factor, and a session between the two.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes};
use auth_runtime::credentials::Carrier;
use auth_testkit::Severity::{Control, GotThrough};
use auth_testkit::{AttackBuilder, TestCredentials, attack};
use axum::Router;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use serde_json::{Value, json};

const SESSION: &str = "complete-session-of-alice-0123456789";
const PENDING: &str = "pending-session-of-alice-0123456789";

fn session(parts: &Parts) -> Option<&str> {
    let mut cookies = parts.headers.get_all("cookie").iter();
    let first = cookies.next()?.to_str().ok()?;
    if cookies.next().is_some() { None } else { first.strip_prefix("__Host-session=") }
}

fn set(session: &str) -> Response {
    let cookie = format!("__Host-session={session}; Path=/; Secure; HttpOnly; SameSite=Strict");
    ([("set-cookie", cookie)], "{}").into_response()
}

fn is_cross_site(parts: &Parts) -> bool {
    let site = parts.headers.get("sec-fetch-site").map(|site| site == "same-origin");
    parts.method != Method::GET && !site.unwrap_or(!parts.headers.contains_key("origin"))
}

fn attacked(is_accepted: fn(&str) -> bool, second: &str, is_declared: bool) -> AttackBuilder {
    let is = |body: &str, right: Value| serde_json::from_str::<Value>(body).is_ok_and(|body| body == right);
    let log_in = move |body: String| async move {
        let is_right = is(&body, json!({"user": "alice", "password": "tea-4711"}));
        if is_right { set(PENDING) } else { (StatusCode::BAD_REQUEST, "wrong").into_response() }
    };
    let code = move |parts: Parts, body: String| async move {
        let is_right = session(&parts) == Some(PENDING) && is(&body, json!({"code": "492817"}));
        if is_right { set(SESSION) } else { (StatusCode::BAD_REQUEST, "wrong").into_response() }
    };
    let layer = CorrectService::new().layer(move |_, parts| async move {
        let known = session(&parts)
            .is_some_and(|session| session == SESSION || (session == PENDING && is_accepted(parts.uri.path())));
        if known && is_cross_site(&parts) {
            return Err(StatusCode::FORBIDDEN.into_response());
        }
        let challenge = [("www-authenticate", "Cookie realm=\"shop\"")];
        if known { Ok(()) } else { Err((StatusCode::UNAUTHORIZED, challenge).into_response()) }
    });
    let app = Router::new()
        .route("/home", get(|| async { "hello alice" }))
        .route("/orders", get(|| async { "the orders of alice" }))
        .route("/2fa/disable", post(|| async { "removed" }))
        .route("/2fa/resend", post(|| async { "sent" }))
        .route("/address", put(|| async { "stored" }))
        .route_layer(layer)
        .route("/login", post(log_in))
        .route(second, post(code));
    let sessions = TestCredentials::of("https://shop.test/login", || async { SESSION.to_owned() });
    let other = |name: &'static str| move || async move { format!("{name}-session-0123456789") };
    let sessions = sessions.unknown(other("unknown")).expired(other("expired")).revoked(other("revoked"));
    let attack = attack(app).with_credentials(&sessions.in_carrier(&Carrier::cookie("__Host-session")));
    let second = format!("POST {second}");
    let attack = attack
        .public("POST /login", "the password")
        .public(&second, "the code")
        .json("POST /login", json!({"user": "alice", "password": "tea-4711"}))
        .json(&second, json!({"code": "492817"}));
    if is_declared { attack.unfinished_log_in("POST /login") } else { attack }
}

#[tokio::test]
async fn a_session_without_the_second_factor_is_accepted() {
    for (second, is_declared) in [("/login/code", false), ("/2fa", false), ("/confirm", true)] {
        let report = attacked(|path| path == "/orders", second, is_declared);
        let report = report.only_in_a_test_of_the_kit(&["H35"]).await;
        assert_only_caught(&report, GotThrough, &["H35"]);
        assert!(report.to_string().contains("without its second factor"), "{report}");
    }
}

/// Box, 2021: the route that removes a factor did not need both.
#[tokio::test]
async fn a_write_opens_for_a_session_without_the_second_factor() {
    let writes: [fn(&str) -> bool; 2] = [|path| path == "/2fa/disable", |path| path == "/address"];
    for is_accepted in writes {
        let report = attacked(is_accepted, "/login/code", false).only_in_a_test_of_the_kit(&["H35"]).await;
        assert_only_caught(&report, GotThrough, &["H35"]);
    }
}

#[tokio::test]
async fn a_session_with_both_factors_passes() {
    assert_twin_passes(&attacked(|_| false, "/login/code", false).await);
}

/// Such a session has to get another code.
#[tokio::test]
async fn a_session_without_the_second_factor_may_ask_for_another_code() {
    let report = attacked(|path| path == "/2fa/resend", "/login/code", false);
    report.only_in_a_test_of_the_kit(&["H35"]).await.assert_nothing_got_through();
}

/// The code of another route may confirm an address.
#[tokio::test]
async fn a_log_in_with_a_password_only_passes() {
    let report = attacked(|_| true, "/confirm", false).only_in_a_test_of_the_kit(&["H35"]).await;
    report.assert_nothing_got_through();
}

#[tokio::test]
async fn a_declared_log_in_without_a_cookie_is_a_mistake_of_the_test() {
    for route in ["POST /confirm", "GET /orders"] {
        let attack = attacked(|_| false, "/confirm", false).unfinished_log_in(route);
        let report = attack.only_in_a_test_of_the_kit(&["H35"]).await;
        assert_only_caught(&report, Control, &["-"]);
        assert!(report.to_string().contains("sets no cookie"), "{report}");
    }
}
