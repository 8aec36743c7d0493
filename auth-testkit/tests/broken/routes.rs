//! A route, a method or a path that the guard never covered.

use crate::support::{Right, assert_caught, assert_only_caught, refused};
use auth_testkit::Severity::{self, GotThrough};
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{any, get, post};
use tower::ServiceExt;

#[tokio::test]
async fn inc_15_routes_are_merged_after_the_layer() {
    let right = Right::new();
    let app = right
        .behind(|right, parts| async move { right.check(&parts).await.map(drop) })
        .merge(axum::Router::new().route("/uploads", post(|body: String| async move { body.len().to_string() })));
    let report = right.attack(app).await;
    assert_caught(&report, GotThrough, &["H01", "T02"]);
    assert!(report.findings.iter().all(|finding| finding.route == "POST /uploads"), "{report}");
}

#[tokio::test]
async fn inc_16_a_fallback_is_not_behind_the_route_layer() {
    let right = Right::new();
    let app = right
        .routes()
        .route_layer(right.layer(|right, parts| async move { right.check(&parts).await.map(drop) }))
        .fallback(|| async { "every order there is" });
    assert_caught(&right.attack(app).await, GotThrough, &["H15", "H16"]);
}

#[tokio::test]
async fn inc_25_the_guard_has_a_list_of_paths_and_a_sibling_is_not_on_it() {
    let right = Right::new();
    let app = right.behind(|right, parts| async move {
        if parts.uri.path() == "/orders" { right.check(&parts).await.map(drop) } else { Ok(()) }
    });
    let report = right.attack(app).await;
    assert_caught(&report, GotThrough, &["H01"]);
    assert!(report.findings.iter().all(|finding| finding.route.contains("/orders/{id}")), "{report}");
}

#[tokio::test]
async fn inc_26_the_guard_was_written_and_never_wired() {
    let right = Right::new();
    let report = right.attack(right.routes()).await;
    assert_caught(&report, GotThrough, &["H01", "H02", "H04", "H05", "T01", "T02", "T36"]);
}

#[tokio::test]
async fn inc_43_head_is_none_of_the_methods_that_are_guarded() {
    let right = Right::new();
    let app = right.behind(|right, parts| async move {
        let guarded = [Method::GET, Method::POST, Method::PUT, Method::DELETE].contains(&parts.method);
        if guarded { right.check(&parts).await.map(drop) } else { Ok(()) }
    });
    let report = right.attack(app).await;
    assert_caught(&report, GotThrough, &["H01", "T02"]);
    assert!(report.findings.iter().all(|finding| finding.method == "HEAD"), "{report}");
}

#[tokio::test]
async fn options_are_let_through_for_browsers_to_a_handler_of_any_method() {
    let right = Right::new();
    let app = right.routes().route("/any", any(|| async { "whatever you like" })).layer(right.layer(
        |right, parts| async move {
            if parts.method == Method::OPTIONS { Ok(()) } else { right.check(&parts).await.map(drop) }
        },
    ));
    let report = right.attack(app).await;
    assert_caught(&report, GotThrough, &["H01"]);
    assert!(report.findings.iter().all(|finding| finding.method == "OPTIONS"), "{report}");
}

#[tokio::test]
async fn inc_38_a_path_with_two_slashes_is_not_the_one_that_is_guarded() {
    let right = Right::new();
    // In front of the router somebody puts paths right, after the guard has compared them.
    let inner = right.routes();
    let app = axum::Router::new().route("/orders", get(|| async { "[]" })).fallback(move |request: Request| {
        let (mut parts, body) = request.into_parts();
        let tidy = parts.uri.path().replace("//", "/");
        parts.uri = tidy.parse().unwrap();
        inner.clone().oneshot(Request::from_parts(parts, body))
    });
    let app = app.layer(right.layer(|right, parts| async move {
        if parts.uri.path().starts_with("/orders") { right.check(&parts).await.map(drop) } else { Ok(()) }
    }));
    assert_caught(&right.attack(app).await, GotThrough, &["H16"]);
}

#[tokio::test]
async fn inc_40_the_guard_compares_letters_that_the_router_does_not() {
    let right = Right::new();
    let inner = right.routes();
    let app = axum::Router::new().route("/orders", get(|| async { "[]" })).fallback(move |request: Request| {
        let (mut parts, body) = request.into_parts();
        parts.uri = parts.uri.path().to_lowercase().parse().unwrap();
        inner.clone().oneshot(Request::from_parts(parts, body))
    });
    let app = app.layer(right.layer(|right, parts| async move {
        if parts.uri.path().starts_with("/orders") { right.check(&parts).await.map(drop) } else { Ok(()) }
    }));
    assert_caught(&right.attack(app).await, GotThrough, &["H16"]);
}

/// The address has a word in it that the guard lets through, in a place where it means something else.
#[tokio::test]
async fn inc_34_a_word_in_the_address_opens_the_guard() {
    for opens in ["/health", "/login", "/public"] {
        let right = Right::new();
        let app = right.behind(move |right, parts| async move {
            if parts.uri.to_string().contains(opens) { Ok(()) } else { right.check(&parts).await.map(drop) }
        });
        assert_only_caught(&right.attack(app).await, GotThrough, &["H16"]);
    }
}

#[tokio::test]
async fn inc_88_a_probe_is_suddenly_behind_the_guard() {
    let right = Right::new();
    let app = right
        .routes()
        .route("/ping", get(|| async { "pong" }))
        .layer(right.layer(|right, parts| async move { right.check(&parts).await.map(drop) }));
    let report = right.attack(app).public("GET /ping", "load balancer probe").await;
    assert_only_caught(&report, Severity::Wrong, &["open"]);
}

#[tokio::test]
async fn a_404_is_no_refusal() {
    let right = Right::new();
    let app = right.behind(|_, _| async move { Err(StatusCode::NOT_FOUND.into_response()) });
    assert_caught(&right.attack(app).await, Severity::Control, &["good"]);
    let app = right.behind(|_, _| async move { Err(refused()) });
    assert_caught(&right.attack(app).await, Severity::Control, &["good"]);
}

#[tokio::test]
async fn a_router_without_routes_has_nothing_shown() {
    let right = Right::new();
    assert_caught(&right.attack(axum::Router::new()).await, Severity::Control, &["-"]);
}
