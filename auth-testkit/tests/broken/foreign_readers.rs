//! Services with cookies, and a layer for cross-origin requests that trusts too many origins.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes};
use auth_runtime::credentials::Carrier;
use auth_testkit::Severity::GotThrough;
use auth_testkit::{AttackBuilder, TestCredentials, attack};
use axum::Router;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;
use axum::routing::get;

const SESSION: &str = "session-of-alice-0123456789abcdef";
const OWN: &str = "https://app.example.com";

fn is_known(parts: &Parts) -> bool {
    let mut cookies = parts.headers.get_all("cookie").iter();
    let first = cookies.next().and_then(|value| value.to_str().ok());
    first == Some(&format!("__Host-id={SESSION}")) && cookies.next().is_none()
}

fn attacked(is_allowed: fn(&str) -> bool) -> AttackBuilder {
    let check = CorrectService::new().layer(move |_, parts| async move {
        let challenge = [("www-authenticate", "Cookie realm=\"shop\"")];
        if is_known(&parts) { Ok(()) } else { Err((StatusCode::UNAUTHORIZED, challenge).into_response()) }
    });
    let origins = from_fn(move |request: Request, next: Next| async move {
        let origin = request.headers().get("origin").cloned();
        let origin = origin.filter(|origin| origin.to_str().is_ok_and(is_allowed));
        let mut response = next.run(request).await;
        if let Some(origin) = origin {
            let headers = response.headers_mut();
            headers.insert("access-control-allow-origin", origin);
            headers.insert("access-control-allow-credentials", HeaderValue::from_static("true"));
        }
        response.headers_mut().insert("vary", HeaderValue::from_static("origin"));
        response
    });
    let app = Router::new().route("/account", get(|| async { "the account of alice" })).layer(check).layer(origins);
    let sessions = TestCredentials::of("https://shop.test/login", || async { SESSION.to_owned() });
    let other = |name: &'static str| move || async move { format!("{name}-session-0123456789") };
    let sessions = sessions.unknown(other("unknown")).expired(other("expired")).revoked(other("revoked"));
    attack(app).with_credentials(&sessions.in_carrier(&Carrier::cookie("__Host-id"))).header(
        "GET /account",
        "origin",
        OWN,
    )
}

#[tokio::test]
async fn a_page_of_another_site_reads_the_answer_to_a_cookie() {
    let lax: [fn(&str) -> bool; 4] = [
        |_| true,
        |origin| origin == OWN || origin == "null",
        |origin| origin.starts_with(OWN),
        |origin| origin.ends_with("app.example.com"),
    ];
    for is_allowed in lax {
        let report = attacked(is_allowed).only_in_a_test_of_the_kit(&["C05"]).await;
        assert_only_caught(&report, GotThrough, &["C05"]);
    }
}

#[tokio::test]
async fn a_list_of_own_origins_passes() {
    assert_twin_passes(&attacked(|origin| origin == OWN).await);
}
