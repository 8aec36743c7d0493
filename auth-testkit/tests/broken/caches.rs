//! Services whose cache returns a wrong result.

use crate::support::{CorrectService, assert_caught, assert_only_caught, assert_twin_passes, token_of};
use auth_testkit::Severity::{GotThrough, Wrong};
use axum::middleware::map_response;
use axum::response::Response;
use http::HeaderValue;
use http::header::CACHE_CONTROL;
use std::collections::HashSet;
use std::sync::{Arc, Mutex};

#[tokio::test]
async fn inc_73_a_cache_key_is_a_prefix_of_the_token() {
    let service = CorrectService::new();
    let verified: Arc<Mutex<HashSet<String>>> = Arc::default();
    let app = service.behind(move |service, parts| {
        let verified = Arc::clone(&verified);
        async move {
            // bcrypt reads 72 bytes.
            let key = token_of(&parts).map(|token| token.chars().take(72).collect::<String>()).unwrap_or_default();
            if verified.lock().unwrap().contains(&key) {
                return Ok(());
            }
            service.check(&parts).await?;
            verified.lock().unwrap().insert(key);
            Ok(())
        }
    });
    assert_caught(
        &service.attack(app).only_in_a_test_of_the_kit(&["T02", "T20", "T23"]).await,
        GotThrough,
        &["T02", "T20", "T23"],
    );
}

#[tokio::test]
async fn inc_75_a_token_is_cached_before_it_is_verified() {
    let service = CorrectService::new();
    let verified: Arc<Mutex<HashSet<String>>> = Arc::default();
    let app = service.behind(move |service, parts| {
        let verified = Arc::clone(&verified);
        async move {
            let seen = token_of(&parts).is_some_and(|token| !verified.lock().unwrap().insert(token.to_owned()));
            if seen { Ok(()) } else { service.check(&parts).await.map(drop) }
        }
    });
    assert_caught(&service.attack(app).only_in_a_test_of_the_kit(&["T52"]).await, GotThrough, &["T52"]);
}

#[tokio::test]
async fn a_cache_key_is_the_unverified_subject() {
    let service = CorrectService::new();
    let subjects: Arc<Mutex<HashSet<String>>> = Arc::default();
    let app = service.behind(move |service, parts| {
        let subjects = Arc::clone(&subjects);
        async move {
            let subject = token_of(&parts)
                .and_then(crate::support::unverified)
                .and_then(|(_, claims)| claims["sub"].as_str().map(str::to_owned))
                .unwrap_or_default();
            if subjects.lock().unwrap().contains(&subject) {
                return Ok(());
            }
            service.check(&parts).await?;
            subjects.lock().unwrap().insert(subject);
            Ok(())
        }
    });
    assert_caught(&service.attack(app).only_in_a_test_of_the_kit(&["T02", "T20"]).await, GotThrough, &["T02", "T20"]);
}

/// A service whose answers have this `Cache-Control`, from a layer around the check.
async fn cached(directives: &'static str) -> auth_testkit::AttackReport {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move { service.check(&parts).await.map(drop) });
    let app = app.layer(map_response(move |mut response: Response| async move {
        if response.status().is_success() {
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(directives));
        }
        response
    }));
    service.attack(app).await
}

#[tokio::test]
async fn inc_77_a_shared_cache_keeps_the_answers_to_known_callers() {
    let report = cached("public, max-age=60").await;
    assert_only_caught(&report, Wrong, &["H40"]);
    let routes: Vec<&str> = report.findings.iter().map(|finding| &*finding.route).collect();
    assert_eq!(routes.iter().filter(|route| **route == "GET /orders").count(), 1, "{report}");
    assert_twin_passes(&cached("private, max-age=60").await);
}
