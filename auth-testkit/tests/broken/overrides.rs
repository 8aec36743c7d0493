//! Services in which the check and the handler see two methods.

use crate::support::{CorrectService, assert_exploited, assert_only_caught, assert_twin_passes};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::Router;
use axum::extract::{RawForm, Request};
use axum::http::request::{Builder, Parts};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// Takes the method from a request.
type Seen = fn(&Method, Option<&str>, &HeaderMap) -> Method;

fn of_the_request(method: &Method, _: Option<&str>, _: &HeaderMap) -> Method {
    method.clone()
}

fn in_the_query(method: &Method, query: Option<&str>, _: &HeaderMap) -> Method {
    let named = query.and_then(|query| query.strip_prefix("_method="));
    named.and_then(|name| name.to_uppercase().parse().ok()).unwrap_or_else(|| method.clone())
}

fn in_a_header(method: &Method, _: Option<&str>, headers: &HeaderMap) -> Method {
    let named = headers.get("x-http-method-override").and_then(|value| value.to_str().ok());
    named.and_then(|name| name.parse().ok()).unwrap_or_else(|| method.clone())
}

/// The check, which requires a scope by the method that it sees.
async fn permitted(service: CorrectService, parts: Parts, seen: Seen) -> Result<(), Response> {
    let claims = service.check(&parts).await?;
    let method = seen(&parts.method, parts.uri.query(), &parts.headers);
    let needed = if matches!(method, Method::GET | Method::HEAD) { "orders:read" } else { "orders:delete" };
    let denied = auth_runtime::Rejection::InsufficientScope { permission: needed, scope: Some(needed) };
    if claims.scopes().any(|scope| scope == needed) { Ok(()) } else { Err(denied.into_response()) }
}

/// Requires a scope by the method that the check sees, and acts on the one that the handler sees.
fn app(service: &CorrectService, checked: Seen, acted_on: Seen) -> Router {
    let order = move |request: Request| async move {
        let method = acted_on(request.method(), request.uri().query(), request.headers());
        if method == Method::DELETE { "deleted" } else { "order" }
    };
    let layer = service.layer(move |service, parts| permitted(service, parts, checked));
    Router::new().route("/orders/{id}", get(order).delete(order)).layer(layer)
}

fn attack(service: &CorrectService, app: Router) -> AttackBuilder {
    let attack = service.attack(app).requires("GET /orders/{id}", "orders:read");
    attack.requires("DELETE /orders/{id}", "orders:delete")
}

fn reader(service: &CorrectService, method: &str, path: &str) -> Builder {
    let token = service.issuer.token().scope("orders:read").signed();
    Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"))
}

#[tokio::test]
async fn the_handler_reads_the_method_from_the_query() {
    let service = CorrectService::new();
    let app = app(&service, of_the_request, in_the_query);
    assert_exploited(&app, reader(&service, "GET", "/orders/1?_method=DELETE")).await;
    assert_only_caught(&attack(&service, app).await, GotThrough, &["H32"]);
}

#[tokio::test]
async fn the_check_reads_the_method_from_a_header() {
    let service = CorrectService::new();
    let app = app(&service, in_a_header, of_the_request);
    let exploit = reader(&service, "DELETE", "/orders/1").header("x-http-method-override", "GET");
    assert_exploited(&app, exploit).await;
    let report = attack(&service, app).await;
    assert_only_caught(&report, GotThrough, &["H32"]);
    assert!(report.to_string().contains("\n  any authenticated caller can send it\n"), "{report}");
}

/// Behind a check by method, and the form is of the stronger one.
#[tokio::test]
async fn the_handler_reads_the_method_from_a_form() {
    let service = CorrectService::new();
    let post = |RawForm(form): RawForm| async move { if form == "_method=DELETE" { "deleted" } else { "order" } };
    let remove = |parts: Parts| async move { if parts.method == Method::DELETE { "deleted" } else { "" } };
    let layer = service.layer(|service, parts| async move {
        let is_post = |method: &Method, _: Option<&str>, _: &HeaderMap| {
            if *method == Method::POST { Method::GET } else { method.clone() }
        };
        permitted(service, parts, is_post).await
    });
    let app = Router::new().route("/orders/{id}", axum::routing::post(post).delete(remove)).layer(layer);
    let attack = service.attack(app).requires("POST /orders/{id}", "orders:read");
    let attack = attack.body("POST /orders/{id}", "application/x-www-form-urlencoded", "note=tea");
    let report = attack.requires("DELETE /orders/{id}", "orders:delete").await;
    assert_only_caught(&report, GotThrough, &["H32"]);
}

/// It applies the method of the query in both.
#[tokio::test]
async fn a_method_that_check_and_handler_both_read_passes() {
    let service = CorrectService::new();
    assert_twin_passes(&attack(&service, app(&service, in_the_query, in_the_query)).await);
}
