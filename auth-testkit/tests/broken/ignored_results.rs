//! Services that run the check, and do not stop the request.

use crate::support::{CorrectService, assert_caught, assert_only_caught, assert_twin_passes, refused};
use auth_testkit::Severity::GotThrough;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

#[tokio::test]
async fn the_correct_service_passes() {
    let service = CorrectService::new();
    let app = service.all_behind(|service, parts| async move { service.check(&parts).await.map(drop) });
    assert_twin_passes(&service.attack_watched(app).await);
}

#[tokio::test]
async fn inc_01_is_valid_is_called_without_an_early_return() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        let is_valid = service.check(&parts).await.is_ok();
        if !is_valid {
            eprintln!("invalid signature");
        }
        Ok(())
    });
    let ids = ["H01", "H04", "T01", "T02", "T20", "T22", "T23"];
    let report = service.attack(app).only_in_a_test_of_the_kit(&ids).await;
    assert_caught(&report, GotThrough, &ids);
    assert!(report.to_string().contains("GOT THROUGH: "), "{report}");
}

/// The response is a 401, but the handler ran before. Only the side effect shows it.
#[tokio::test]
async fn inc_03_next_runs_although_the_response_is_a_rejection() {
    let service = CorrectService::new();
    let layer = from_fn({
        let service = service.clone();
        move |request: Request, next: Next| {
            let service = service.clone();
            async move {
                let (parts, body) = request.into_parts();
                let checked = service.check(&parts).await;
                let answer = next.run(Request::from_parts(parts, body)).await;
                checked.map_or_else(|refusal| refusal, |_| answer)
            }
        }
    });
    let attack = service.attack_watched(service.routes().layer(layer));
    let report = attack.only_in_a_test_of_the_kit(&["H01", "T02"]).await;
    assert_caught(&report, GotThrough, &["H01", "T02"]);
    assert!(report.to_string().contains("orders placed changed: from"), "{report}");
}

#[tokio::test]
async fn inc_04_an_unauthenticated_client_becomes_user_0() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        let user = service.check(&parts).await.map_or(0, |_| 1);
        if user == 0 && parts.uri.path() == "/never" { Err(refused()) } else { Ok(()) }
    });
    assert_caught(&service.attack(app).only_in_a_test_of_the_kit(&["H01", "T02"]).await, GotThrough, &["H01", "T02"]);
}

#[tokio::test]
async fn inc_07_the_inner_bool_is_ignored() {
    async fn verify(service: &CorrectService, parts: &Parts) -> Result<bool, axum::response::Response> {
        if parts.headers.get("authorization").is_none() {
            return Err(refused());
        }
        Ok(service.check(parts).await.is_ok())
    }
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        verify(&service, &parts).await?;
        Ok(())
    });
    assert_caught(
        &service.attack(app).only_in_a_test_of_the_kit(&["T01", "T02", "T20"]).await,
        GotThrough,
        &["T01", "T02", "T20"],
    );
}

/// A parse error in the check counts as a pass.
#[tokio::test]
async fn inc_70_a_header_that_cannot_be_parsed_skips_the_check() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        let forwarded = parts.headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
        match forwarded.map(str::parse::<std::net::IpAddr>) {
            Some(Err(_)) => Ok(()),
            Some(Ok(_)) | None => service.check(&parts).await.map(drop),
        }
    });
    assert_only_caught(&service.attack(app).await, GotThrough, &["H11"]);
}

/// A check on a sample of the requests, to save time.
#[tokio::test]
async fn one_request_in_ten_is_not_checked() {
    let service = CorrectService::new();
    let asked = Arc::new(AtomicU64::new(0));
    let app = service.behind(move |service, parts| {
        let asked = Arc::clone(&asked);
        async move {
            let turn = asked.fetch_add(1, Ordering::Relaxed);
            if turn % 10 == 9 { Ok(()) } else { service.check(&parts).await.map(drop) }
        }
    });
    assert_caught(&service.attack(app).only_in_a_test_of_the_kit(&["H04", "T01"]).await, GotThrough, &["H04", "T01"]);
}

/// The caller is kept in shared state.
#[tokio::test]
async fn the_caller_of_one_request_is_used_for_the_next() {
    let service = CorrectService::new();
    let current = Arc::new(Mutex::new(None));
    let app = service.behind(move |service, parts| {
        let current = Arc::clone(&current);
        async move {
            match service.check(&parts).await {
                Ok(claims) => *current.lock().unwrap() = Some(claims),
                Err(refusal) if current.lock().unwrap().is_none() => return Err(refusal),
                Err(_) => {}
            }
            Ok(())
        }
    });
    assert_caught(
        &service.attack(app).only_in_a_test_of_the_kit(&["H01", "H29", "T02"]).await,
        GotThrough,
        &["H01", "H29", "T02"],
    );
}

#[tokio::test]
async fn a_debug_parameter_in_the_query_skips_the_check() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        if parts.uri.query() == Some("debug=1") { Ok(()) } else { service.check(&parts).await.map(drop) }
    });
    assert_only_caught(&service.attack(app).await, GotThrough, &["H16"]);
}
