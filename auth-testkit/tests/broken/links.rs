//! Services with links that any client can open or change, and with redirects to any host.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::Router;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use std::collections::HashMap;

#[derive(Clone, Copy, PartialEq)]
enum Mistake {
    None,
    /// The signature is there, and is not compared.
    Signature,
    /// The signature is that of the file only.
    Time,
    /// `next` is any URL.
    Redirect,
    /// `next` is a text that begins with a slash.
    Slash,
}

const EXPIRES: &str = "4102444800";
const SIGNATURE: &str = "9f2c61d07ab84e53";

fn download(mistake: Mistake, query: &HashMap<String, String>) -> Response {
    let is = |name: &str, value: &str| query.get(name).is_some_and(|own| own == value);
    let expires = query.get("expires").and_then(|time| time.parse::<u64>().ok()).unwrap_or_default();
    let is_signed = match mistake {
        Mistake::Signature => query.contains_key("sig"),
        Mistake::Time => is("sig", SIGNATURE),
        _ => is("sig", SIGNATURE) && is("expires", EXPIRES),
    };
    if is_signed && expires > 1_800_000_000 {
        return "the invoice 7 of alice".into_response();
    }
    (StatusCode::FORBIDDEN, "the link is not valid").into_response()
}

fn log_in(mistake: Mistake, query: &HashMap<String, String>) -> Response {
    let next = query.get("next").map_or("/", String::as_str);
    let is_path = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    let is_right = match mistake {
        Mistake::Redirect => true,
        Mistake::Slash => next.starts_with('/'),
        _ => is_path,
    };
    Redirect::to(if is_right { next } else { "/" }).into_response()
}

fn attack_on(mistake: Mistake) -> AttackBuilder {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move { service.check(&parts).await.map(drop) });
    let download = move |Query(query): Query<HashMap<String, String>>| async move { download(mistake, &query) };
    let log_in = move |Query(query): Query<HashMap<String, String>>| async move { log_in(mistake, &query) };
    let public = Router::new().route("/invoices/7/pdf", get(download)).route("/login", get(log_in));
    service
        .attack(app.merge(public))
        .public("GET /invoices/7/pdf", "a link with a signature")
        .query("GET /invoices/7/pdf", &format!("expires={EXPIRES}&sig={SIGNATURE}"))
        .public("GET /login", "sends a user that is known to the page that it came from")
        .query("GET /login", "next=/orders")
}

#[tokio::test]
async fn a_link_opens_with_another_signature_or_time() {
    for mistake in [Mistake::Signature, Mistake::Time] {
        let report = attack_on(mistake).only_in_a_test_of_the_kit(&["H38"]).await;
        assert_only_caught(&report, GotThrough, &["H38"]);
    }
}

#[tokio::test]
async fn a_log_in_redirects_to_any_host() {
    for mistake in [Mistake::Redirect, Mistake::Slash] {
        let report = attack_on(mistake).only_in_a_test_of_the_kit(&["H32"]).await;
        assert_only_caught(&report, GotThrough, &["H32"]);
    }
}

#[tokio::test]
async fn a_signed_link_and_a_redirect_to_a_path_pass() {
    assert_twin_passes(&attack_on(Mistake::None).await);
}

/// RFC 9700 section 4.1: a redirect URI is compared as a whole text.
fn authorization(is_right: fn(&str) -> bool) -> AttackBuilder {
    let service = CorrectService::new();
    let authorize = {
        let service = service.clone();
        move |parts: Parts| async move {
            service.check(&parts).await?;
            // The query as it is, because codes are appended to it.
            let pairs = parts.uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
            let callback = pairs.filter(|(name, _)| *name == "redirect_uri").map(|(_, value)| value).next_back();
            match callback.filter(|callback| is_right(callback)) {
                Some(callback) => Ok((StatusCode::SEE_OTHER, [("location", format!("{callback}?code=c7"))])),
                None => Ok((StatusCode::BAD_REQUEST, [("location", String::new())])),
            }
        }
    };
    let authorize = move |parts: Parts| async move { authorize(parts).await as Result<_, Response> };
    let app = Router::new().route("/authorize", get(authorize));
    service.attack(app).query("GET /authorize", "client_id=web&redirect_uri=https://app.example.com/callback")
}

#[tokio::test]
async fn a_redirect_uri_is_compared_by_its_beginning() {
    let attack = authorization(|callback| callback.starts_with("https://app.example.com"));
    let report = attack.only_in_a_test_of_the_kit(&["H32"]).await;
    assert_only_caught(&report, GotThrough, &["H32"]);
}

#[tokio::test]
async fn a_redirect_uri_that_is_compared_as_a_whole_passes() {
    let attack = authorization(|callback| callback == "https://app.example.com/callback");
    attack.only_in_a_test_of_the_kit(&["H32"]).await.assert_nothing_got_through();
}
