//! Services that are right in their own way: they pass, with a line that declares what they mean.

use crate::support::{CorrectService, assert_caught, assert_twin_passes, token_of};
use auth_testkit::Severity::{Control, GotThrough};
use axum::Router;
use axum::extract::Path;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Redirect};
use axum::routing::get;
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_service_that_hides_its_routes_passes() {
    let service = CorrectService::new();
    let app = service.all_behind(|service, parts| async move {
        service.check(&parts).await.map(drop).map_err(|_| StatusCode::NOT_FOUND.into_response())
    });
    let declared = service.attack(app).rejecting_with(404, "routes are hidden from unknown callers").await;
    declared.assert_nothing_got_through();
    assert!(declared.to_string().contains("ACCEPTED status 404: routes are hidden"), "{declared}");
    // The declaration opens nothing.
    let open = service.attack(service.routes()).rejecting_with(404, "routes are hidden from unknown callers");
    let open = open.only_in_a_test_of_the_kit(&["H01"]).await;
    assert_caught(&open, GotThrough, &["H01"]);
}

/// A second token is in the query (H05), and the service reads none there.
#[tokio::test]
async fn a_service_that_never_reads_the_query_passes() {
    let service = CorrectService::new();
    let app = service.all_behind(|service, mut parts| async move {
        parts.uri = parts.uri.path().parse().expect("a path");
        service.check(&parts).await.map(drop)
    });
    service.attack(app).await.assert_nothing_got_through();
}

/// A guest's query is ignored too, whatever is in it.
#[tokio::test]
async fn a_feed_for_guests_that_never_reads_the_query_passes() {
    let service = CorrectService::new();
    let app = service.behind(|service, mut parts| async move {
        parts.uri = parts.uri.path().parse().expect("a path");
        if parts.headers.contains_key("authorization") { service.check(&parts).await.map(drop) } else { Ok(()) }
    });
    service.attack(app).optional("GET /orders", "guests see the offers").await.assert_nothing_got_through();
}

#[tokio::test]
async fn a_login_redirect_for_browsers_passes() {
    let service = CorrectService::new();
    let app = service.all_behind(|service, parts| async move {
        let is_browser = parts.headers.get("accept").is_some_and(|value| value == "text/html");
        let checked = service.check(&parts).await.map(drop);
        checked.map_err(|rejection| if is_browser { Redirect::to("/login").into_response() } else { rejection })
    });
    let undeclared = service.attack(app.clone()).only_in_a_test_of_the_kit(&["H11"]).await;
    assert_caught(&undeclared, GotThrough, &["H11"]);
    service.attack(app).rejecting_with(303, "browsers go to the login page").await.assert_nothing_got_through();
}

#[tokio::test]
async fn a_single_page_app_passes() {
    let service = CorrectService::new();
    let app = service.all_behind(|service, parts| async move { service.check(&parts).await.map(drop) });
    // Its script has a nonce.
    let count = AtomicUsize::new(1000);
    let page = move || format!("<script nonce={:x}>shop()</script>", count.fetch_add(7, Ordering::Relaxed) * 7919);
    let page = Arc::new(page);
    let app = app.fallback(move || async move { Html(page()) });
    assert_caught(&service.attack(app.clone()).only_in_a_test_of_the_kit(&["H15"]).await, GotThrough, &["H15"]);
    service.attack(app).fallback("the single page app is public").await.assert_nothing_got_through();
}

/// Its object exists once, so that it is attacked last.
#[tokio::test]
async fn a_delete_that_deletes_passes() {
    let service = CorrectService::new();
    let deleted: Arc<Mutex<HashSet<u64>>> = Arc::default();
    let (read, delete) = (Arc::clone(&deleted), deleted);
    let show = move |Path(id): Path<u64>| async move {
        if read.lock().unwrap().contains(&id) { StatusCode::NOT_FOUND } else { StatusCode::OK }
    };
    let remove = move |Path(id): Path<u64>| async move {
        if delete.lock().unwrap().insert(id) { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }
    };
    let app = Router::new().route("/orders/{id}", get(show).delete(remove));
    let app = app.layer(service.layer(|service, parts| async move { service.check(&parts).await.map(drop) }));
    service.attack(app).await.assert_nothing_got_through();
}

#[tokio::test]
async fn several_challenges_in_one_header_pass() {
    let service = CorrectService::new();
    let app = service.all_behind(|service, parts| async move {
        service.check(&parts).await.map(drop).map_err(|mut rejection| {
            if let Some(bearer) = rejection.headers().get("www-authenticate") {
                let both = format!("Basic realm=\"api\", {}", bearer.to_str().unwrap());
                rejection.headers_mut().insert("www-authenticate", HeaderValue::from_str(&both).unwrap());
            }
            rejection
        })
    });
    assert_twin_passes(&service.attack(app).await);
}

/// A service that allows some requests in each window, and one that locks the client out.
fn limited(service: &CorrectService, window: Duration, allowed: usize) -> Router {
    let state = Arc::new(Mutex::new((Instant::now(), 0)));
    service.all_behind(move |service, parts| {
        let state = Arc::clone(&state);
        async move {
            let is_over = {
                let (start, count) = &mut *state.lock().unwrap();
                if start.elapsed() >= window {
                    (*start, *count) = (Instant::now(), 0);
                }
                *count += 1;
                *count > allowed
            };
            if is_over {
                return Err(StatusCode::TOO_MANY_REQUESTS.into_response());
            }
            service.check(&parts).await.map(drop)
        }
    })
}

#[tokio::test]
async fn a_lockout_is_reported_once() {
    let service = CorrectService::new();
    let report = service.attack(limited(&service, Duration::from_secs(60 * 60), 500)).await;
    assert_caught(&report, Control, &[]);
    assert!(report.to_string().contains("service limits the rate: `429`"), "{report}");
    assert!(report.findings.iter().all(|finding| finding.severity != GotThrough), "{report}");
    assert!(report.causes().len() <= 4, "{report}");
    assert!(report.to_string().contains("NOT ATTACKED: the service limits the rate"), "{report}");
}

/// A burst is too much for this service, but the same requests after a wait are not.
#[tokio::test]
async fn a_limited_rate_slows_the_kit_down() {
    let service = CorrectService::new();
    let app = limited(&service, Duration::from_millis(200), 10);
    let report = service.attack(app).only_in_a_test_of_the_kit(&["H01", "H03"]).await;
    report.assert_nothing_got_through();
}

/// Support may act for a customer.
#[tokio::test]
async fn a_finding_that_is_meant_is_accepted_with_its_reason() {
    let service = CorrectService::new();
    let other = service.clone();
    let app = Router::new().route(
        "/orders",
        get(move |parts: Parts| async move {
            let claims = other.check(&parts).await?;
            let named = parts.headers.get("x-act-as").and_then(|value| value.to_str().ok()).unwrap_or(&claims.sub);
            Ok::<_, axum::response::Response>(format!("orders of {named}"))
        }),
    );
    assert_caught(&service.attack(app.clone()).only_in_a_test_of_the_kit(&["H31"]).await, GotThrough, &["H31"]);
    let accepted = service.attack(app.clone()).accepting("H31", "support acts for a customer, and is logged").await;
    accepted.assert_nothing_got_through();
    assert!(accepted.to_string().contains("ACCEPTED H31: support acts for a customer"), "{accepted}");
    // A typing error accepts nothing.
    let unknown = service.attack(app).accepting("H310", "support acts for a customer, and is logged");
    let unknown = unknown.only_in_a_test_of_the_kit(&["H01"]).await;
    assert!(unknown.to_string().contains("unknown attack: `.accepting(\"H310\", ..)`"), "{unknown}");
}

/// The verdict comes first, and each finding says what it is worth.
#[tokio::test]
async fn the_report_begins_with_the_verdict() {
    let service = CorrectService::new();
    let open = service.attack(service.routes()).only_in_a_test_of_the_kit(&["H01", "T02"]).await.to_string();
    assert!(open.starts_with("H01 passes on every route: the check does not run\n"), "{open}");
    assert!(
        open.contains("\n  an unauthenticated client can send it\n  sent again by itself: the same status\n"),
        "{open}"
    );
    let app = service.all_behind(|service, parts| async move {
        let is_unsigned = token_of(&parts).is_some_and(|token| token.ends_with('.') && token.len() > 100);
        if is_unsigned { Ok(()) } else { service.check(&parts).await.map(drop) }
    });
    let forged = service.attack(app).only_in_a_test_of_the_kit(&["H01", "T01", "T02"]).await.to_string();
    assert!(
        forged.lines().next().unwrap().contains(" passes on every route: an unauthenticated client can send it: "),
        "{forged}"
    );
    assert!(forged.contains("\n  header {\"alg\":") && forged.contains("\n  claims {\""), "{forged}");
}

/// Requests overlap, so that a slow service is attacked in less time.
#[tokio::test]
async fn requests_of_one_route_overlap() {
    let service = CorrectService::new();
    let (current, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    let app = service.all_behind(move |service, parts| {
        let (current, most) = (Arc::clone(&current), Arc::clone(&most));
        async move {
            // Look-ups of other paths have no credentials, and overlap in any case.
            if !parts.headers.contains_key(AUTHORIZATION) {
                return service.check(&parts).await.map(drop);
            }
            most.fetch_max(current.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            let checked = service.check(&parts).await.map(drop);
            current.fetch_sub(1, Ordering::Relaxed);
            checked
        }
    });
    // Without H29, whose requests overlap anyway.
    let attack = || service.attack(app.clone()).without_attack("H29", "its requests overlap in any case");
    attack().await.assert_nothing_got_through();
    assert!(seen.load(Ordering::Relaxed) > 1, "one request at a time");
    // What has changed must be the effect of one request.
    seen.store(0, Ordering::Relaxed);
    attack().unchanged("nothing", || async { 0 }).await.assert_nothing_got_through();
    assert_eq!(seen.load(Ordering::Relaxed), 1, "requests overlap");
}
