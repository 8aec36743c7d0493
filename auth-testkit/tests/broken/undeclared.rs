//! Services that answer a method which a path does not declare, with a permission of another one.

use crate::support::{CorrectService, assert_exploited, assert_only_caught, assert_twin_passes};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::Router;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::routing::get;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A page that asks for consent, and grants it. The OAuth flow of GitHub in 2019 took HEAD for
/// POST.
fn consent(service: &CorrectService, right: bool) -> (Router, Arc<AtomicU64>) {
    let granted: Arc<AtomicU64> = Arc::default();
    let grants = Arc::clone(&granted);
    let authorize = move |method: Method| async move {
        let is_page = if right { method != Method::POST } else { method == Method::GET };
        if is_page {
            return (StatusCode::OK, "do you grant access?");
        }
        grants.fetch_add(1, Ordering::Relaxed);
        (StatusCode::CREATED, "access granted")
    };
    let app = Router::new().route("/authorize", get(authorize.clone()).post(authorize));
    let app = app.layer(service.layer(|service, parts| async move {
        if parts.method.is_safe() { Ok(()) } else { service.check(&parts).await.map(drop) }
    }));
    (app, granted)
}

fn attack(service: &CorrectService, app: Router) -> AttackBuilder {
    service.attack(app).public("GET /authorize", "a page that asks for consent")
}

#[tokio::test]
async fn head_is_handled_as_the_write_that_its_guard_does_not_see() {
    let service = CorrectService::new();
    let (app, granted) = consent(&service, false);
    assert_exploited(&app, Request::head("/authorize")).await;
    assert_eq!(granted.load(Ordering::Relaxed), 1);
    // By the answer.
    let report = attack(&service, app.clone()).only_in_a_test_of_the_kit(&["H14"]).await;
    assert_only_caught(&report, GotThrough, &["H14"]);
    assert!(report.findings.iter().all(|finding| finding.method == "HEAD"), "{report}");
    // By the effect.
    let attack = attack(&service, app).unchanged("grants", move || {
        let granted = granted.load(Ordering::Relaxed);
        async move { granted }
    });
    let report = attack.only_in_a_test_of_the_kit(&["H14"]).await;
    assert_only_caught(&report, GotThrough, &["H14"]);
    assert!(report.to_string().contains("grants changed"), "{report}");
}

#[tokio::test]
async fn head_of_a_public_page_passes() {
    let service = CorrectService::new();
    let (app, granted) = consent(&service, true);
    let attack = attack(&service, app).unchanged("grants", move || {
        let granted = granted.load(Ordering::Relaxed);
        async move { granted }
    });
    assert_twin_passes(&attack.await);
}

/// Readers list orders, and writers place them. Another method falls through to the write.
fn orders(service: &CorrectService, right: bool) -> AttackBuilder {
    let placed = |method: Method| async move {
        let is_write = method == Method::POST || method.as_str() == "BREW";
        if is_write { (StatusCode::OK, "placed") } else { (StatusCode::METHOD_NOT_ALLOWED, "") }
    };
    let list = get(|| async { "the list" }).fallback(placed);
    let app = Router::new().route("/orders", list).layer(service.layer(move |service, parts| async move {
        let claims = service.check(&parts).await?;
        let writes = parts.method == Method::POST || (right && !parts.method.is_safe());
        if !writes || claims.scopes().any(|scope| scope == "orders:write") {
            return Ok(());
        }
        let scope = "orders:write";
        Err(axum::response::IntoResponse::into_response(auth_runtime::Rejection::InsufficientScope {
            permission: scope,
            scope: Some(scope),
        }))
    }));
    service.attack(app).route("POST /orders").requires("POST /orders", "orders:write")
}

#[tokio::test]
async fn an_invented_method_needs_the_permission_of_the_write() {
    let service = CorrectService::new();
    let report = orders(&service, false).only_in_a_test_of_the_kit(&["H14"]).await;
    assert_only_caught(&report, GotThrough, &["H14"]);
    let report = orders(&service, true).only_in_a_test_of_the_kit(&["H14"]).await;
    report.assert_nothing_got_through();
}
