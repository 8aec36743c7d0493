//! Everyday services that are right in their own way: they pass, with a few lines of configuration.

use crate::support::{CorrectService, assert_caught, assert_only_caught, assert_twin_passes, refused, unverified};
use auth_runtime::credentials::Carrier;
use auth_testkit::Severity::{Control, GotThrough, Wrong};
use auth_testkit::{TestCredentials, attack};
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

/// A random text, as that of a CSRF token or a nonce: base64 with few digits.
fn nonce() -> String {
    use base64::Engine;
    let mut bytes = [0; 18];
    aws_lc_rs::rand::fill(&mut bytes).unwrap();
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// The claims of a token that was verified already.
fn claims_of(headers: &HeaderMap) -> Value {
    let token = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    unverified(token.get(7..).unwrap_or_default()).map(|(_, claims)| claims).unwrap_or_default()
}

async fn ok(service: &CorrectService, parts: &Parts) -> Result<(), Response> {
    service.check(parts).await.map(drop)
}

/// RFC 9457, with an id and a time in each body.
#[tokio::test]
async fn problem_details_with_an_id_and_a_time_pass() {
    let (service, count) = (CorrectService::new(), Arc::new(AtomicU64::new(0)));
    let app = service.all_behind(move |service, parts| {
        let count = Arc::clone(&count);
        async move {
            service.check(&parts).await.map(drop).map_err(|rejection| {
                let number = count.fetch_add(1, Ordering::Relaxed);
                let status = rejection.status();
                let at = time::OffsetDateTime::from(SystemTime::now());
                let at = at.format(&time::format_description::well_known::Rfc2822).unwrap();
                let body = json!({"title": status.as_u16(), "instance": format!("/errors/{number}"), "at": at});
                let (head, _) = rejection.into_parts();
                let mut response = Response::from_parts(head, Body::from(body.to_string()));
                response.headers_mut().remove("content-length");
                response.headers_mut().insert("content-type", "application/problem+json".parse().unwrap());
                response
            })
        }
    });
    assert_twin_passes(&service.attack(app).await);
}

/// The page has a CSRF token, and its policy a nonce (CSP level 3).
#[tokio::test]
async fn a_login_page_with_random_tokens_passes() {
    let service = CorrectService::new();
    let app = service.all_behind(|service, parts| async move {
        service.check(&parts).await.map(drop).map_err(|rejection| {
            let (mut head, _) = rejection.into_parts();
            head.headers.remove("content-length");
            let nonce = nonce();
            head.headers.insert("content-type", "text/html; charset=utf-8".parse().unwrap());
            let policy = format!("default-src 'self'; script-src 'nonce-{nonce}'");
            head.headers.insert("content-security-policy", policy.parse().unwrap());
            head.headers.append("set-cookie", format!("csrf={nonce}; HttpOnly").parse().unwrap());
            let page = format!("<form method=post><input type=hidden name=csrf value='{nonce}'></form>");
            Response::from_parts(head, Body::from(page))
        })
    });
    assert_twin_passes(&service.attack(app).await);
}

/// GraphQL answers 200, and has the reason in `errors`.
fn graphql(service: &CorrectService, leaks: bool) -> Router {
    let service = service.clone();
    let query = move |parts: Parts| {
        let service = service.clone();
        async move {
            let orders = json!({"orders": [{"item": "a ring"}]});
            if service.check(&parts).await.is_ok() {
                return Json(json!({"data": orders}));
            }
            let data = if leaks { orders } else { json!({"orders": null}) };
            let errors = json!([{"message": "log in", "extensions": {"code": "UNAUTHENTICATED"}}]);
            Json(json!({"data": data, "errors": errors}))
        }
    };
    Router::new().route("/graphql", post(query))
}

#[tokio::test]
async fn graphql_errors_with_200_pass() {
    let service = CorrectService::new();
    let attack = |app| service.attack(app).rejecting_with_text("UNAUTHENTICATED", "GraphQL answers 200");
    assert_twin_passes(&attack(graphql(&service, false)).await);
    // Data beside the error, and a service without a check.
    let leaking = attack(graphql(&service, true)).only_in_a_test_of_the_kit(&["H01"]).await;
    assert_caught(&leaking, GotThrough, &["H01"]);
    let open = attack(service.routes()).only_in_a_test_of_the_kit(&["H01"]).await;
    assert_caught(&open, GotThrough, &["H01"]);
    // A text that good answers have too.
    let app = service.all_behind(|service, parts| async move { ok(&service, &parts).await });
    let text = service.attack(app).rejecting_with_text("[]", "the list is empty");
    assert_caught(&text.only_in_a_test_of_the_kit(&["H01"]).await, Control, &["good"]);
}

/// One caller's objects, a page of them at a time, answers for one idempotency key.
#[tokio::test]
async fn objects_of_their_owner_pages_and_idempotency_keys_pass() {
    let service = CorrectService::new();
    let show = |headers: HeaderMap, Path(_): Path<u64>| async move {
        let is_owner = claims_of(&headers)["sub"] == "alice";
        if is_owner { Ok(Json(json!({"item": "a ring"}))) } else { Err(StatusCode::NOT_FOUND) }
    };
    let list = |headers: HeaderMap, Query(query): Query<HashMap<String, String>>| async move {
        let page = query.get("page").cloned().unwrap_or_default();
        let owner = claims_of(&headers)["sub"].clone();
        Json(json!({"owner": owner, "page": page, "next": nonce(), "at": SystemTime::now().elapsed().is_ok()}))
    };
    let answers = Arc::new(Mutex::new(HashMap::<(String, String), u64>::new()));
    let pay = move |headers: HeaderMap, body: Bytes| {
        let answers = Arc::clone(&answers);
        async move {
            let key = headers.get("idempotency-key").and_then(|value| value.to_str().ok());
            let Some(key) = key else { return Err((StatusCode::BAD_REQUEST, "send an Idempotency-Key")) };
            let owner = claims_of(&headers)["sub"].to_string();
            let mut answers = answers.lock().unwrap();
            let next = answers.len() as u64;
            let number = *answers.entry((owner, key.to_owned())).or_insert(next);
            Ok(Json(json!({"payment": number, "bytes": body.len()})))
        }
    };
    let app = Router::new().route("/orders/{id}", get(show)).route("/orders", get(list)).route("/payments", post(pay));
    let app = app.layer(service.layer(|service, parts| async move { ok(&service, &parts).await }));
    assert_twin_passes(&service.attack(app).header("POST /payments", "idempotency-key", "k-1").await);
}

/// CORS, conditional requests, a stream without an end, a request id, remaining requests.
#[tokio::test]
async fn layers_and_streams_pass() {
    let service = CorrectService::new();
    let report = |headers: HeaderMap| async move {
        let is_known = headers.get("if-none-match").is_some_and(|value| value == "\"7\"");
        let status = if is_known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
        let headers = [("etag", "\"7\""), ("cache-control", "private, max-age=60"), ("vary", "accept-encoding")];
        (status, headers, if is_known { "" } else { "seven orders" })
    };
    let events = || async { ([("content-type", "text/event-stream")], Body::new(endless())) };
    let app = Router::new().route("/report", get(report)).route("/events", get(events));
    let app = app.layer(service.layer(|service, parts| async move { ok(&service, &parts).await }));
    let remaining = Arc::new(AtomicU64::new(1_000_000));
    let app = app.layer(from_fn(move |request: Request, next: Next| {
        let remaining = remaining.fetch_sub(1, Ordering::Relaxed);
        async move {
            let mut response = next.run(request).await;
            response.headers_mut().insert("x-request-id", nonce().parse().unwrap());
            response.headers_mut().insert("x-ratelimit-remaining", remaining.to_string().parse().unwrap());
            response
        }
    }));
    let app = app.layer(tower_http::cors::CorsLayer::permissive());
    assert_twin_passes(&service.attack(app).await);
}

/// A body that sends one event and never ends.
fn endless() -> impl http_body::Body<Data = Bytes, Error = Infallible> + Send + 'static {
    struct Endless(bool);
    impl http_body::Body for Endless {
        type Data = Bytes;
        type Error = Infallible;
        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
            if std::mem::replace(&mut self.0, true) {
                return std::task::Poll::Pending;
            }
            std::task::Poll::Ready(Some(Ok(http_body::Frame::data(Bytes::from_static(b"data: 1\n\n")))))
        }
    }
    Endless(false)
}

/// Guests have carts too. A token in the URL is ignored, as any other parameter.
fn carts(service: &CorrectService, reads_the_query: bool) -> Router {
    let cart = move |headers: HeaderMap, Query(query): Query<HashMap<String, String>>| async move {
        let in_query = query.get("access_token").filter(|_| reads_the_query);
        let claims = in_query.and_then(|token| unverified(token)).map(|(_, claims)| claims);
        format!("cart of {}", claims.unwrap_or_else(|| claims_of(&headers))["sub"])
    };
    let app = Router::new().route("/cart", get(cart)).route("/orders", get(|| async { "[]" }));
    app.layer(service.layer(move |service, parts| async move {
        let has_token = parts.headers.contains_key("authorization");
        if parts.uri.path() == "/cart" && !has_token { Ok(()) } else { ok(&service, &parts).await }
    }))
}

#[tokio::test]
async fn a_guest_with_a_token_in_the_query_is_a_guest() {
    let service = CorrectService::new();
    let attack = |app| service.attack(app).optional("GET /cart", "guests have carts too");
    let report = attack(carts(&service, true)).only_in_a_test_of_the_kit(&["H09"]).await;
    assert_only_caught(&report, GotThrough, &["H09"]);
    assert_twin_passes(&attack(carts(&service, false)).await);
}

/// The web app has the token of the API in a cookie.
#[tokio::test]
async fn a_token_in_a_cookie_beside_tokens_in_the_header_passes() {
    let service = CorrectService::new();
    let app = service.all_behind(|service, mut parts| async move {
        let cookies = parts.headers.get_all("cookie").iter().filter_map(|value| value.to_str().ok());
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        let mut tokens = cookies.split("; ").filter_map(|cookie| cookie.strip_prefix("auth_token=").map(str::to_owned));
        let (token, is_one) = (tokens.next(), tokens.next().is_none());
        let is_cross_site = parts.headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin")
            || parts.headers.get("origin").is_some();
        match token {
            Some(_) if is_cross_site => return Err(StatusCode::FORBIDDEN.into_response()),
            Some(token) if is_one && !parts.headers.contains_key("authorization") => {
                parts.headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
            }
            Some(_) => return Err(refused()),
            None => {}
        }
        ok(&service, &parts).await
    });
    let issuer = service.issuer.clone();
    let logins = TestCredentials::of("https://shop.example.com/login", move || {
        let token = issuer.token().signed();
        async move { token }
    });
    let logins = logins.in_carrier(&Carrier::cookie("auth_token"));
    assert_twin_passes(&service.attack(app).with_credentials(&logins).await);
}

/// A service for API keys that rejects without a challenge.
#[tokio::test]
async fn rejections_without_a_challenge_are_one_cause() {
    const KEY: &str = "shop_live_9f2c61d07ab84e53";
    let app = Router::new().route("/orders", get(|| async { "[]" })).layer(from_fn(
        |request: Request, next: Next| async move {
            let mut keys = request.headers().get_all("x-api-key").iter();
            let is_good = keys.next().is_some_and(|key| key == KEY) && keys.next().is_none();
            if is_good { next.run(request).await } else { StatusCode::UNAUTHORIZED.into_response() }
        },
    ));
    let keys = TestCredentials::of("partners", || async { KEY.to_owned() }).in_carrier(&Carrier::header("x-api-key"));
    let attacked = || attack(app.clone()).with_credentials(&keys);
    let report = attacked().await;
    assert!(report.findings.iter().all(|finding| finding.severity == Wrong), "{report}");
    let causes = report.causes();
    let [cause] = causes.as_slice() else { panic!("one cause: {report}") };
    assert_eq!((cause.problem.as_str(), cause.requests), ("missing header: `www-authenticate`", report.findings.len()));
    assert!(report.to_string().contains("`.rejecting_with(401, \"why\")`"), "{report}");
    attacked().rejecting_with(401, "partners use our own client").await.assert_nothing_got_through();
}

/// A random word in base64 is not always known for one: `/` divides it, or it has few digits.
#[tokio::test]
async fn answers_with_a_random_word_that_rarely_looks_like_another_one_pass() {
    let service = CorrectService::new();
    let answers = Arc::new(AtomicU64::new(0));
    let list = move || async move {
        let count = answers.fetch_add(1, Ordering::SeqCst);
        let next = if count.is_multiple_of(7) { format!("w/{count}") } else { format!("{count:024}") };
        Json(json!({"orders": ["a ring"], "next": next}))
    };
    let app = Router::new().route("/orders", get(list));
    let app = app.layer(service.layer(|service, parts| async move { ok(&service, &parts).await }));
    assert_twin_passes(&service.attack(app).await);
}
