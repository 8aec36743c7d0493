//! Services with a branch in front of the check, for a kind of request that it believes it knows.
//!
//! The twin of each is the correct service, which has no such branch.

use crate::support::{
    CorrectService, are_good, assert_exploited, assert_only_caught, is_signed_with, orders_with, token_of, unverified,
};
use auth_runtime::keys::Algorithm;
use auth_testkit::Severity::GotThrough;
use axum::http;
use axum::http::request::{Builder, Parts};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// Whether the branch takes the request for a good one.
type Passes = fn(&CorrectService, &Parts) -> bool;

/// Asserts that the exploit works, and that this attack finds it. No other one of the set does.
async fn assert_found(passes: Passes, exploit: fn(&CorrectService) -> Builder, id: &str) {
    let service = CorrectService::new();
    let app = service.behind(move |service, parts| async move {
        if passes(&service, &parts) { Ok(()) } else { service.check(&parts).await.map(drop) }
    });
    assert_exploited(&app, exploit(&service)).await;
    let report = service.attack(app).only_in_a_test_of_the_kit(&["H01", id]);
    assert_only_caught(&report.await, GotThrough, &[id]);
}

fn header<'a>(parts: &'a Parts, name: &str) -> &'a str {
    parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn get() -> Builder {
    http::Request::get("/orders")
}

/// `kid.as_str().unwrap_or("dev")`
#[tokio::test]
async fn a_kid_that_is_a_number_selects_the_key_of_development() {
    let passes: Passes = |service, parts| {
        let Some((header, claims)) = token_of(parts).and_then(unverified) else { return false };
        header.get("kid").is_some_and(|kid| !kid.is_string())
            && header["alg"] == "HS256"
            && token_of(parts).is_some_and(|token| is_signed_with(token, b"secret"))
            && are_good(service, &claims)
    };
    let exploit = |service: &CorrectService| {
        let token = service.issuer.token().header_text(r#"{"alg":"HS256","typ":"at+jwt","kid":7}"#);
        orders_with(&token.signed_with_secret(Algorithm::HS256, b"secret"))
    };
    assert_found(passes, exploit, "T61").await;
}

/// A matcher of Next.js that is copied often leaves out prefetches.
#[tokio::test]
async fn a_prefetch_is_not_checked() {
    let passes: Passes =
        |_, parts| header(parts, "purpose") == "prefetch" || parts.headers.contains_key("next-router-prefetch");
    assert_found(passes, |_| get().header("purpose", "prefetch"), "H11").await;
}

/// The header of a preflight is looked at, and not its method.
#[tokio::test]
async fn a_preflight_may_have_any_method() {
    assert_found(
        |_, parts| parts.headers.contains_key("access-control-request-method"),
        |_| get().header("access-control-request-method", "GET"),
        "H11",
    )
    .await;
}

/// The interceptor is that of another server, which has the same port.
#[tokio::test]
async fn grpc_web_is_left_to_an_interceptor() {
    assert_found(
        |_, parts| header(parts, "content-type").starts_with("application/grpc-web"),
        |_| get().header("content-type", "application/grpc-web+proto"),
        "H11",
    )
    .await;
}

/// Apache APISIX.
#[tokio::test]
async fn cve_2020_13945_the_admin_key_is_that_of_the_example() {
    const KEY: &str = "edd1c9f034335f136f87ad84b625c8f1";
    assert_found(|_, parts| header(parts, "x-api-key") == KEY, |_| get().header("x-api-key", KEY), "H11").await;
}

#[tokio::test]
async fn the_account_of_the_installer_is_open() {
    assert_found(
        |_, parts| header(parts, "authorization") == "Basic Z3Vlc3Q6Z3Vlc3Q=",
        |_| get().header("authorization", "Basic Z3Vlc3Q6Z3Vlc3Q="),
        "H02",
    )
    .await;
}

/// A gateway verifies the signature, says the comment, and the port is open.
#[tokio::test]
async fn the_signature_of_another_scheme_is_left_to_a_gateway() {
    let exploit = |_: &CorrectService| get().header("authorization", "AWS4-HMAC-SHA256 Credential=a/b, Signature=00");
    assert_found(|_, parts| header(parts, "authorization").starts_with("AWS4-HMAC-SHA256 "), exploit, "H02").await;
}

/// `signatures.iter().all(verify)` (RFC 7515 section 7.2.1).
#[tokio::test]
async fn a_token_in_json_has_an_empty_list_of_signatures() {
    let passes: Passes = |_, parts| {
        let json = token_of(parts).and_then(|token| serde_json::from_str::<Value>(token).ok());
        json.is_some_and(|json| {
            json.get("payload").is_some() && json["signatures"].as_array().is_some_and(Vec::is_empty)
        })
    };
    assert_found(passes, |_| orders_with(r#"{"payload":"eyJzdWIiOiJhIn0","signatures":[]}"#), "T35").await;
}

/// A filter reads the first `alg` with an expression, and the library the last one.
#[tokio::test]
async fn the_header_has_two_algorithms_and_the_token_no_signature() {
    let passes: Passes = |service, parts| {
        let Some(token) = token_of(parts) else { return false };
        let Some((header, claims)) = unverified(token) else { return false };
        let text = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap_or_default()).unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        let first = text.split("\"alg\":\"").nth(1).and_then(|rest| rest.split('"').next());
        first == Some(alg(service).as_str())
            && header["alg"] == "none"
            && token.ends_with('.')
            && are_good(service, &claims)
    };
    let exploit = |service: &CorrectService| {
        let header = format!(r#"{{"alg":"{}","typ":"at+jwt","alg":"none"}}"#, alg(service));
        orders_with(&service.issuer.token().header_text(header).unsigned())
    };
    assert_found(passes, exploit, "T60").await;
}

fn alg(service: &CorrectService) -> String {
    let header: Value = serde_json::from_str(&service.issuer.token().header_json()).unwrap();
    header["alg"].as_str().unwrap().to_owned()
}
