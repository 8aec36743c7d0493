//! Services that compare the origin of some requests only.

use crate::support::{CorrectService, assert_caught, assert_only_caught, assert_twin_passes};
use auth_runtime::credentials::Carrier;
use auth_testkit::Severity::GotThrough;
use auth_testkit::{AttackBuilder, TestCredentials, attack};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const SESSION: &str = "session-of-alice-0123456789";

fn value<'a>(parts: &'a Parts, name: &str) -> &'a str {
    parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn rejected(status: StatusCode, error: &str) -> Response {
    (status, [("www-authenticate", format!("Cookie realm=\"shop\"{error}"))]).into_response()
}

/// The session of a request; 400 where it has another credential too.
fn session(parts: &Parts) -> Result<(), Response> {
    let invalid = rejected(StatusCode::BAD_REQUEST, ", error=\"invalid_request\"");
    if parts.headers.get_all("cookie").iter().count() > 1 {
        return Err(invalid);
    }
    match value(parts, "cookie").strip_prefix("__Host-session=") {
        None => Err(rejected(StatusCode::UNAUTHORIZED, "")),
        Some(_) if parts.headers.contains_key("authorization") => Err(invalid),
        Some(SESSION) => Ok(()),
        Some(_) => Err(rejected(StatusCode::UNAUTHORIZED, ", error=\"invalid_token\"")),
    }
}

fn attacked(is_compared: fn(&Parts) -> bool) -> AttackBuilder {
    attacked_with_challenge(is_compared, None)
}

/// The same service, with another challenge in its rejections.
fn attacked_with_challenge(is_compared: fn(&Parts) -> bool, challenge: Option<&'static str>) -> AttackBuilder {
    let app = Router::new().route("/email", post(|body: String| async move { format!("changed to {body}") }));
    let app = app.layer(CorrectService::new().layer(move |_, parts| async move {
        session(&parts)?;
        let is_own = value(&parts, "origin") == "https://shop.test" && value(&parts, "sec-fetch-site") == "same-origin";
        if is_own || !is_compared(&parts) { Ok(()) } else { Err(StatusCode::FORBIDDEN.into_response()) }
    }));
    let app = app.layer(map_response(move |mut response: Response| async move {
        if let Some(challenge) = challenge.filter(|_| response.headers().contains_key("www-authenticate")) {
            response.headers_mut().insert("www-authenticate", HeaderValue::from_static(challenge));
        }
        response
    }));
    let sessions = TestCredentials::of("https://shop.test/login", || async { SESSION.to_owned() });
    let other = |name: &'static str| move || async move { format!("{name}-session-0123456789") };
    let sessions = sessions.unknown(other("unknown")).expired(other("expired")).revoked(other("revoked"));
    let attack = attack(app).with_credentials(&sessions.in_carrier(&Carrier::cookie("__Host-session")));
    let attack = attack.header("POST /email", "origin", "https://shop.test");
    attack.body("POST /email", "application/x-www-form-urlencoded", "email=alice%40shop.test")
}

/// CVE-2023-29003: two of three types of forms, and then none.
#[tokio::test]
async fn some_content_types_are_not_compared() {
    let broken: [fn(&Parts) -> bool; 3] = [
        |parts| value(parts, "content-type").starts_with("application/x-www-form-urlencoded"),
        |parts| parts.headers.contains_key("content-type"),
        |parts| !value(parts, "content-type").starts_with("multipart/"),
    ];
    for is_compared in broken {
        let report = attacked(is_compared).only_in_a_test_of_the_kit(&["C05"]).await;
        assert_caught(&report, GotThrough, &["C05"]);
        assert!(report.to_string().contains("request of another site was accepted"), "{report}");
    }
}

#[tokio::test]
async fn a_sandboxed_page_and_a_referer_are_other_sites() {
    let broken: [fn(&Parts) -> bool; 2] = [
        |parts| value(parts, "origin") != "null",
        // The page of the attacker has our name in its path.
        |parts| !value(parts, "referer").contains("shop.test"),
    ];
    for is_compared in broken {
        let report = attacked(is_compared).only_in_a_test_of_the_kit(&["C05"]).await;
        assert_caught(&report, GotThrough, &["C05"]);
    }
}

#[tokio::test]
async fn every_request_is_compared() {
    assert_twin_passes(&attacked(|_| true).await);
}

/// A page of another site cannot add the header without a preflight, which is not answered.
#[tokio::test]
async fn a_header_that_forms_do_not_have_is_enough() {
    let attack = attacked(|parts| value(parts, "x-csrf-token") != "7d1f");
    let attack = attack.header("POST /email", "x-csrf-token", "7d1f");
    attack.only_in_a_test_of_the_kit(&["C05"]).await.assert_nothing_got_through();
}

/// Browsers send `Origin` with each such request, so the own one comes from an own page.
#[tokio::test]
async fn the_origin_alone_may_be_compared() {
    assert_twin_passes(&attacked(|parts| value(parts, "origin") != "https://shop.test").await);
}

/// A service of JSON, whose preflights ask the same comparison.
fn attacked_with_json(is_own: fn(&str) -> bool) -> AttackBuilder {
    let app = Router::new().route("/email", post(|Json(body): Json<Value>| async move { Json(body) }));
    let app = app.layer(CorrectService::new().layer(move |_, parts| async move {
        session(&parts)?;
        let is_own = match value(&parts, "origin") {
            "" => ["", "same-origin"].contains(&value(&parts, "sec-fetch-site")),
            origin => is_own(origin),
        };
        if is_own { Ok(()) } else { Err(StatusCode::FORBIDDEN.into_response()) }
    }));
    let sessions = TestCredentials::of("https://shop.test/login", || async { SESSION.to_owned() });
    let attack = attack(app).with_credentials(&sessions.in_carrier(&Carrier::cookie("__Host-session")));
    attack.json("POST /email", json!({"email": "alice@shop.test"}))
}

/// The issuer of the sessions names the origin.
#[tokio::test]
async fn the_own_origin_is_that_of_the_issuer() {
    let report = attacked_with_json(|origin| origin.starts_with("https://shop.test"));
    assert_only_caught(&report.only_in_a_test_of_the_kit(&["C05"]).await, GotThrough, &["C05"]);
    attacked_with_json(|origin| origin == "https://shop.test").await.assert_nothing_got_through();
}

/// Found in reviews: a part of the origin is compared.
#[tokio::test]
async fn an_origin_that_begins_or_ends_like_ours_is_another_site() {
    let broken: [fn(&str) -> bool; 2] =
        [|origin| origin.starts_with("https://shop.test"), |origin| origin.ends_with("shop.test")];
    for is_own in broken {
        let report = attacked_with_json(is_own)
            .header("POST /email", "origin", "https://shop.test")
            .only_in_a_test_of_the_kit(&["C05"])
            .await;
        assert_caught(&report, GotThrough, &["C05"]);
        assert!(report.to_string().contains("compare the whole `Origin`"), "{report}");
    }
    let twin =
        attacked_with_json(|origin| origin == "https://shop.test").header("POST /email", "origin", "https://shop.test");
    twin.only_in_a_test_of_the_kit(&["C05"]).await.assert_nothing_got_through();
}

/// CVE-2025-47909: the host of a trusted origin is compared, whatever its scheme is.
#[tokio::test]
async fn the_same_host_without_encryption_is_another_site() {
    let by_host = |origin: &str| origin.split_once("://").is_some_and(|(_, host)| host == "shop.test");
    let report = attacked_with_json(by_host).only_in_a_test_of_the_kit(&["C05"]).await;
    assert_caught(&report, GotThrough, &["C05"]);
    assert!(report.to_string().contains("`http://shop.test` is not `https://shop.test`"), "{report}");
}

/// GitHub (2019): HEAD was routed as GET, and submitted the form of the page.
#[tokio::test]
async fn head_submits_the_form_of_a_page() {
    let attacked = |submits: fn(&Method) -> bool| {
        let granted: Arc<AtomicU64> = Arc::default();
        let counter = Arc::clone(&granted);
        let page = move |method: Method| async move {
            if submits(&method) {
                counter.fetch_add(1, Ordering::Relaxed);
            }
            "Grant access?"
        };
        let app = Router::new().route("/grant", get(page));
        let app = app.layer(CorrectService::new().layer(|_, parts| async move { session(&parts) }));
        let sessions = TestCredentials::of("https://shop.test/login", || async { SESSION.to_owned() });
        let attack = attack(app).with_credentials(&sessions.in_carrier(&Carrier::cookie("__Host-session")));
        attack.unchanged("grants", move || std::future::ready(granted.load(Ordering::Relaxed)))
    };
    let report = attacked(|method| *method != Method::GET).only_in_a_test_of_the_kit(&["C05"]).await;
    assert_caught(&report, GotThrough, &["C05"]);
    let twin = attacked(|method| *method == Method::POST).only_in_a_test_of_the_kit(&["C05"]).await;
    twin.assert_nothing_got_through();
}

/// RFC 9110 section 11.6.1 requires a challenge, and no scheme is registered for cookies.
#[tokio::test]
async fn a_service_with_cookies_may_send_any_challenge() {
    assert_twin_passes(&attacked_with_challenge(|_| true, Some("Bearer realm=\"shop\"")).await);
}
