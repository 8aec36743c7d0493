//! Services with a route, a method or a path that the guard does not cover.

use crate::support::{CorrectService, assert_caught, assert_only_caught, refused};
use auth_testkit::Severity::{self, GotThrough};
use auth_testkit::{AttackBuilder, Finding};
use axum::extract::Request;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use tower::ServiceExt;

#[tokio::test]
async fn inc_15_routes_are_merged_after_the_layer() {
    let service = CorrectService::new();
    let app = service
        .all_behind(|service, parts| async move { service.check(&parts).await.map(drop) })
        .merge(axum::Router::new().route("/uploads", post(|body: String| async move { body.len().to_string() })));
    let report = service.attack(app).await;
    assert_caught(&report, GotThrough, &["H01", "T02"]);
    assert!(report.findings.iter().all(|finding| finding.route == "POST /uploads"), "{report}");
}

#[tokio::test]
async fn inc_16_a_fallback_is_not_behind_the_route_layer() {
    let service = CorrectService::new();
    let app = service
        .routes()
        .route_layer(service.layer(|service, parts| async move { service.check(&parts).await.map(drop) }))
        .fallback(|| async { "every order there is" });
    assert_caught(&service.attack(app).only_in_a_test_of_the_kit(&["H15", "H16"]).await, GotThrough, &["H15", "H16"]);
}

#[tokio::test]
async fn inc_25_a_path_is_missing_from_the_list_of_the_guard() {
    let service = CorrectService::new();
    let app = service.all_behind(|service, parts| async move {
        if parts.uri.path() == "/orders" { service.check(&parts).await.map(drop) } else { Ok(()) }
    });
    let report = service.attack(app).await;
    assert_caught(&report, GotThrough, &["H01"]);
    // H16 sends `/orders/7.css`, which is a path of the same route.
    let is_there = |finding: &Finding| finding.route.contains("/orders/{id}") || finding.id == "H16";
    assert!(report.findings.iter().all(is_there), "{report}");
}

#[tokio::test]
async fn inc_26_the_guard_is_not_applied() {
    let service = CorrectService::new();
    let ids = ["H01", "H02", "H04", "H05", "T01", "T02", "T36"];
    let report = service.attack(service.routes()).only_in_a_test_of_the_kit(&ids).await;
    assert_caught(&report, GotThrough, &ids);
}

#[tokio::test]
async fn inc_43_head_is_not_among_the_guarded_methods() {
    let service = CorrectService::new();
    let app = service.all_behind(|service, parts| async move {
        let guarded = [Method::GET, Method::POST, Method::PUT, Method::DELETE].contains(&parts.method);
        if guarded { service.check(&parts).await.map(drop) } else { Ok(()) }
    });
    let report = service.attack(app).only_in_a_test_of_the_kit(&["H01", "T02"]).await;
    assert_caught(&report, GotThrough, &["H01", "T02"]);
    assert!(report.findings.iter().all(|finding| finding.method == "HEAD"), "{report}");
}

#[tokio::test]
async fn options_requests_skip_the_guard_of_a_handler_of_any_method() {
    let service = CorrectService::new();
    let app = service.routes().route("/any", any(|| async { "any method" })).layer(service.layer(
        |service, parts| async move {
            if parts.method == Method::OPTIONS { Ok(()) } else { service.check(&parts).await.map(drop) }
        },
    ));
    let report = service.attack(app).only_in_a_test_of_the_kit(&["H01", "T02"]).await;
    assert_caught(&report, GotThrough, &["H01", "T02"]);
    assert!(report.findings.iter().all(|finding| finding.method == "OPTIONS"), "{report}");
}

#[tokio::test]
async fn inc_38_a_path_with_two_slashes_is_not_guarded() {
    let service = CorrectService::new();
    // The path is normalized after the guard has compared it.
    let inner = service.routes();
    let app = axum::Router::new().route("/orders", get(|| async { "[]" })).fallback(move |request: Request| {
        let (mut parts, body) = request.into_parts();
        let tidy = parts.uri.path().replace("//", "/");
        parts.uri = tidy.parse().unwrap();
        inner.clone().oneshot(Request::from_parts(parts, body))
    });
    let app = app.layer(service.layer(|service, parts| async move {
        if parts.uri.path().starts_with("/orders") { service.check(&parts).await.map(drop) } else { Ok(()) }
    }));
    assert_caught(&service.attack(app).only_in_a_test_of_the_kit(&["H16"]).await, GotThrough, &["H16"]);
}

#[tokio::test]
async fn inc_40_the_guard_is_case_sensitive_and_the_router_is_not() {
    let service = CorrectService::new();
    let inner = service.routes();
    let app = axum::Router::new().route("/orders", get(|| async { "[]" })).fallback(move |request: Request| {
        let (mut parts, body) = request.into_parts();
        parts.uri = parts.uri.path().to_lowercase().parse().unwrap();
        inner.clone().oneshot(Request::from_parts(parts, body))
    });
    let app = app.layer(service.layer(|service, parts| async move {
        if parts.uri.path().starts_with("/orders") { service.check(&parts).await.map(drop) } else { Ok(()) }
    }));
    assert_caught(&service.attack(app).only_in_a_test_of_the_kit(&["H16"]).await, GotThrough, &["H16"]);
}

/// The guard accepts a word anywhere in the URL.
#[tokio::test]
async fn inc_34_a_word_in_the_url_skips_the_guard() {
    for (place, opens) in ["/health", "/login", "/public"].into_iter().enumerate() {
        let service = CorrectService::new();
        let app = service.all_behind(move |service, parts| async move {
            if parts.uri.to_string().contains(opens) { Ok(()) } else { service.check(&parts).await.map(drop) }
        });
        // The first has all attacks, and shows that no other finds it.
        let attack = service.attack(app);
        let attack = if place == 0 { attack } else { attack.only_in_a_test_of_the_kit(&["H16"]) };
        assert_only_caught(&attack.await, GotThrough, &["H16"]);
    }
}

#[tokio::test]
async fn inc_88_a_health_probe_is_behind_the_guard() {
    let service = CorrectService::new();
    let app = service
        .routes()
        .route("/ping", get(|| async { "pong" }))
        .layer(service.layer(|service, parts| async move { service.check(&parts).await.map(drop) }));
    let report = service.attack(app).public("GET /ping", "load balancer probe").await;
    assert_only_caught(&report, Severity::Wrong, &["open"]);
}

#[tokio::test]
async fn a_404_is_not_a_rejection() {
    let service = CorrectService::new();
    let app = service.all_behind(|_, _| async move { Err(StatusCode::NOT_FOUND.into_response()) });
    assert_caught(&service.attack(app).await, Severity::Control, &["good"]);
    let app = service.all_behind(|_, _| async move { Err(refused()) });
    assert_caught(&service.attack(app).await, Severity::Control, &["good"]);
}

#[tokio::test]
async fn a_router_without_routes_is_inconclusive() {
    let service = CorrectService::new();
    assert_caught(&service.attack(axum::Router::new()).await, Severity::Control, &["-"]);
}

/// The correct guard of a route for guests and known callers.
async fn guests_and_callers(service: CorrectService, parts: Parts) -> Result<(), Response> {
    if parts.headers.contains_key(AUTHORIZATION)
        || parts.uri.query().is_some_and(|query| query.contains("access_token"))
    {
        service.check(&parts).await.map(drop)
    } else {
        Ok(())
    }
}

fn optional(attack: AttackBuilder) -> AttackBuilder {
    ["GET /orders", "POST /orders", "GET /orders/{id}", "DELETE /orders/{id}"]
        .iter()
        .fold(attack, |attack, route| attack.optional(route, "articles are for everyone"))
}

#[tokio::test]
async fn a_route_for_guests_and_callers_that_rejects_bad_tokens_passes() {
    let service = CorrectService::new();
    let report = optional(service.attack(service.all_behind(guests_and_callers))).await;
    report.assert_nothing_got_through();
    assert!(report.findings.is_empty(), "{report}");
}

#[tokio::test]
async fn a_bad_token_makes_a_guest() {
    let service = CorrectService::new();
    let app = service.all_behind(|service, parts| async move {
        let _ = guests_and_callers(service, parts).await;
        Ok(())
    });
    assert_caught(&optional(service.attack(app)).await, GotThrough, &["H02", "H04", "T02", "T20"]);
}

#[tokio::test]
async fn a_route_for_guests_rejects_guests() {
    let service = CorrectService::new();
    let app = service.all_behind(|service, parts| async move { service.check(&parts).await.map(drop) });
    assert_caught(&optional(service.attack(app)).await, Severity::Wrong, &["H01"]);
}
