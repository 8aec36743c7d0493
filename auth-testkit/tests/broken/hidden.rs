//! Services with a way around the guard: another spelling, a public route, routes that are not
//! shown.

use crate::support::{CorrectService, assert_caught, assert_exploited, assert_only_caught, assert_twin_passes};
use auth_testkit::Severity::{Control, GotThrough};
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{any, get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tower::ServiceExt;

const ACCOUNTS: &str = r#"{"accounts":["alice","bob"]}"#;

/// Routes with one answer each, so that a report can tell them apart.
fn routes() -> Router {
    Router::new().route("/accounts", get(|| async { ACCOUNTS })).route("/status", get(|| async { "all is well" }))
}

/// A guard that leaves paths open, in front of a router that reads the URL differently.
fn guarded(service: &CorrectService, is_open: fn(&str) -> bool, read: fn(&Request) -> String) -> Router {
    let inner = routes();
    // Where axum finds the route, the kit can attack it.
    let app = routes().fallback(move |request: Request| {
        let path = read(&request);
        let (mut parts, body) = request.into_parts();
        parts.uri = path.parse().unwrap_or_default();
        inner.clone().oneshot(Request::from_parts(parts, body))
    });
    app.layer(service.layer(move |service, parts| async move {
        if is_open(parts.uri.path()) { Ok(()) } else { service.check(&parts).await.map(drop) }
    }))
}

fn decoded(request: &Request) -> String {
    let path = request.uri().path().replace("%61", "a").replace("%73", "s").replace("%2e", ".");
    path.strip_prefix("/static/..").map(str::to_owned).unwrap_or(path)
}

#[tokio::test]
async fn one_encoded_letter_passes_the_guard() {
    let service = CorrectService::new();
    let is_open: fn(&str) -> bool = |path| !path.starts_with("/accounts");
    let app = guarded(&service, is_open, decoded);
    assert_exploited(&app, Request::get("/%61ccounts")).await;
    let report = service.attack(app).public("GET /status", "load balancer probe");
    let report = report.only_in_a_test_of_the_kit(&["H16"]).await;
    assert_caught(&report, GotThrough, &["H16"]);
    let twin = guarded(&service, |path| path == "/status", |request| request.uri().path().to_owned());
    let twin = service.attack(twin).public("GET /status", "load balancer probe");
    twin.only_in_a_test_of_the_kit(&["H16"]).await.assert_nothing_got_through();
}

#[tokio::test]
async fn a_static_folder_and_two_dots_pass_the_guard() {
    let service = CorrectService::new();
    let app = guarded(&service, |path| path.starts_with("/static/") || path == "/status", decoded);
    assert_exploited(&app, Request::get("/static/../accounts")).await;
    let report = service.attack(app).public("GET /status", "load balancer probe").await;
    assert_only_caught(&report, GotThrough, &["H16"]);
}

/// The layer behind the guard takes the URL from a header.
fn rewriting(service: &CorrectService, header: Option<&'static str>) -> Router {
    let inner = routes();
    let forward = move |request: Request| {
        let inner = inner.clone();
        async move {
            let (mut parts, body) = request.into_parts();
            let named = header.and_then(|name| parts.headers.get(name)).and_then(|value| value.to_str().ok());
            if let Some(url) = named {
                parts.uri = url.parse().unwrap_or_default();
            }
            inner.oneshot(Request::from_parts(parts, body)).await
        }
    };
    let app = Router::new().route("/accounts", get(forward.clone())).route("/status", get(forward));
    app.layer(service.layer(|service, parts| async move {
        if parts.uri.path() == "/status" { Ok(()) } else { service.check(&parts).await.map(drop) }
    }))
}

#[tokio::test]
async fn a_public_route_answers_for_a_protected_one() {
    let service = CorrectService::new();
    for (header, ids) in [("x-original-url", None), ("x-rewrite-url", Some("H32")), ("x-forwarded-uri", Some("H32"))] {
        let app = rewriting(&service, Some(header));
        assert_exploited(&app, Request::get("/status").header(header, "/accounts")).await;
        let mut attack = service.attack(app).public("GET /status", "load balancer probe");
        // The first has all attacks, and shows that no other finds it.
        if let Some(id) = ids {
            attack = attack.only_in_a_test_of_the_kit(&[id]);
        }
        assert_only_caught(&attack.await, GotThrough, &["H32"]);
    }
    let twin = service.attack(rewriting(&service, None)).public("GET /status", "load balancer probe");
    assert_twin_passes(&twin.await);
}

/// A registration changes what it changes, whatever URL a header names.
#[tokio::test]
async fn a_public_route_that_changes_a_value_is_no_springboard() {
    let service = CorrectService::new();
    let users: Arc<AtomicU64> = Arc::default();
    let counter = Arc::clone(&users);
    let register = move |_: Json<Value>| async move {
        counter.fetch_add(1, Ordering::Relaxed);
        StatusCode::CREATED
    };
    let app = service.behind(|service, parts| async move { service.check(&parts).await.map(drop) });
    let attack = service.attack(app.route("/register", post(register))).public("POST /register", "users join");
    let attack = attack.json("POST /register", json!({"name": "carol"}));
    let attack = attack.unchanged("users", move || std::future::ready(users.load(Ordering::Relaxed)));
    assert_twin_passes(&attack.await);
}

/// An API as the fallback, beside a route that is attacked.
#[tokio::test]
async fn an_api_in_the_fallback_is_not_shown() {
    let service = CorrectService::new();
    let visible = service.all_behind(|service, parts| async move { service.check(&parts).await.map(drop) });
    let app = visible.clone().fallback_service(routes());
    assert_exploited(&app, Request::get("/accounts")).await;
    let report = service.attack(app.clone()).await;
    assert_only_caught(&report, Control, &["-"]);
    assert!(report.to_string().contains("NOTHING SHOWN"), "{report}");
    let named = service.attack(app.clone()).route("GET /accounts").only_in_a_test_of_the_kit(&["T29"]).await;
    assert!(named.to_string().contains("declare that each of its routes is named: `.fallback("), "{named}");
    // Named routes are attacked.
    let named = service.attack(app).route("GET /accounts").fallback("its routes are named in the test");
    let named = named.only_in_a_test_of_the_kit(&["H01"]).await;
    assert_caught(&named, GotThrough, &["H01"]);
    // A page for unknown paths is not an API. In front of the check, the test declares it.
    let page = |_: Request| async {
        let response = Response::builder().status(StatusCode::NOT_FOUND).body(Body::from("there is no such page"));
        Ok::<_, std::convert::Infallible>(response.unwrap())
    };
    let twin = visible.clone().fallback_service(tower::service_fn(page));
    let unmatched = ["H13", "H14", "H15", "H16"];
    let attack = service.attack(twin).fallback("a page for unknown paths");
    attack.only_in_a_test_of_the_kit(&unmatched).await.assert_nothing_got_through();
    let handler = visible.fallback(|| async { (StatusCode::NOT_FOUND, "there is no such page") });
    let attack = service.attack(handler).fallback("a page for unknown paths");
    attack.only_in_a_test_of_the_kit(&unmatched).await.assert_nothing_got_through();
}

/// `route_layer` is not in front of the fallback, which forwards some paths to the old service.
#[tokio::test]
async fn a_handler_in_the_fallback_is_not_shown() {
    let service = CorrectService::new();
    let fallback = |request: Request| async move {
        let is_known = request.uri().path() == "/legacy/reports";
        if is_known { (StatusCode::OK, "revenue: 7") } else { (StatusCode::NOT_FOUND, "not found") }
    };
    let check = || service.layer(|service, parts| async move { service.check(&parts).await.map(drop) });
    let unmatched = ["H13", "H14", "H15", "H16"];
    let app = service.routes().route_layer(check()).fallback(fallback);
    assert_exploited(&app, Request::get("/legacy/reports")).await;
    let report = service.attack(app.clone()).only_in_a_test_of_the_kit(&unmatched).await;
    assert_only_caught(&report, Control, &["-"]);
    assert!(report.to_string().contains("NOTHING SHOWN: the fallback answers without credentials"), "{report}");
    let named = service.attack(app).route("GET /legacy/reports").fallback("its routes are named in the test");
    assert_caught(&named.only_in_a_test_of_the_kit(&["H01"]).await, GotThrough, &["H01"]);
    // Behind the check, and without an answer of its own.
    let behind = service.routes().fallback(fallback).layer(check());
    service.attack(behind).only_in_a_test_of_the_kit(&unmatched).await.assert_nothing_got_through();
    let empty = service.routes().route_layer(check()).fallback(|| async { StatusCode::NOT_FOUND });
    service.attack(empty).only_in_a_test_of_the_kit(&unmatched).await.assert_nothing_got_through();
}

/// A fallback that looks at the header, and not at the token.
#[tokio::test]
async fn a_fallback_accepts_any_token() {
    let service = CorrectService::new();
    let visible = service.all_behind(|service, parts| async move { service.check(&parts).await.map(drop) });
    let app = visible.fallback(|request: Request| async move {
        let has_token = request.headers().contains_key("authorization");
        if has_token { (StatusCode::OK, ACCOUNTS) } else { (StatusCode::NOT_FOUND, "there is no such page") }
    });
    assert_caught(&service.attack(app).only_in_a_test_of_the_kit(&["H15"]).await, GotThrough, &["H15"]);
}

#[tokio::test]
async fn a_handler_of_any_method_is_attacked_with_trace_and_connect() {
    for skipped in ["TRACE", "CONNECT", "BREW"] {
        let service = CorrectService::new();
        let app = Router::new().route("/any", any(|| async { "any method" }));
        let app = app.layer(service.layer(move |service, parts| async move {
            if parts.method.as_str() == skipped { Ok(()) } else { service.check(&parts).await.map(drop) }
        }));
        let report = service.attack(app).only_in_a_test_of_the_kit(&["H01", "T02"]).await;
        assert_caught(&report, GotThrough, &["H01", "T02"]);
        assert!(report.findings.iter().all(|finding| finding.method == skipped), "{report}");
    }
}
