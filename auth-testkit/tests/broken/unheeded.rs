//! The check ran, and its result did not stop the request.

use crate::support::{Right, assert_caught, assert_only_caught, refused};
use auth_testkit::Severity::GotThrough;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

#[tokio::test]
async fn the_service_without_a_mistake_passes() {
    let right = Right::new();
    let app = right.behind(|right, parts| async move { right.check(&parts).await.map(drop) });
    right.attack_watched(app).await.assert_nothing_got_through();
}

#[tokio::test]
async fn inc_01_is_valid_is_called_and_nobody_returns_early() {
    let right = Right::new();
    let app = right.behind(|right, parts| async move {
        let is_valid = right.check(&parts).await.is_ok();
        if !is_valid {
            eprintln!("invalid signature");
        }
        Ok(())
    });
    let report = right.attack(app).await;
    assert_caught(&report, GotThrough, &["H01", "H04", "T01", "T02", "T20", "T22", "T23"]);
    assert!(report.to_string().contains("GOT THROUGH: "), "{report}");
}

/// The answer is a 401, after everything was done: only what was done shows it.
#[tokio::test]
async fn inc_03_next_runs_although_the_answer_is_a_refusal() {
    let right = Right::new();
    let layer = from_fn({
        let right = right.clone();
        move |request: Request, next: Next| {
            let right = right.clone();
            async move {
                let (parts, body) = request.into_parts();
                let checked = right.check(&parts).await;
                let answer = next.run(Request::from_parts(parts, body)).await;
                checked.map_or_else(|refusal| refusal, |_| answer)
            }
        }
    });
    let report = right.attack_watched(right.routes().layer(layer)).await;
    assert_caught(&report, GotThrough, &["H01", "T02"]);
    assert!(report.to_string().contains("orders placed went from"), "{report}");
}

#[tokio::test]
async fn inc_04_who_is_nobody_goes_on_as_user_0() {
    let right = Right::new();
    let app = right.behind(|right, parts| async move {
        let user = right.check(&parts).await.map_or(0, |_| 1);
        if user == 0 && parts.uri.path() == "/never" { Err(refused()) } else { Ok(()) }
    });
    assert_caught(&right.attack(app).await, GotThrough, &["H01", "T02"]);
}

#[tokio::test]
async fn inc_07_the_inner_bool_is_thrown_away() {
    async fn verify(right: &Right, parts: &Parts) -> Result<bool, axum::response::Response> {
        if parts.headers.get("authorization").is_none() {
            return Err(refused());
        }
        Ok(right.check(parts).await.is_ok())
    }
    let right = Right::new();
    let app = right.behind(|right, parts| async move {
        verify(&right, &parts).await?;
        Ok(())
    });
    assert_caught(&right.attack(app).await, GotThrough, &["T01", "T02", "T20"]);
}

/// What it verifies is not what was sent: an exception in the check is taken for a pass.
#[tokio::test]
async fn inc_70_what_cannot_be_read_is_not_checked() {
    let right = Right::new();
    let app = right.behind(|right, parts| async move {
        let forwarded = parts.headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
        match forwarded.map(str::parse::<std::net::IpAddr>) {
            Some(Err(_)) => Ok(()),
            Some(Ok(_)) | None => right.check(&parts).await.map(drop),
        }
    });
    assert_only_caught(&right.attack(app).await, GotThrough, &["H11"]);
}

/// To save time, as somebody thought.
#[tokio::test]
async fn one_request_in_ten_is_not_checked() {
    let right = Right::new();
    let asked = Arc::new(AtomicU64::new(0));
    let app = right.behind(move |right, parts| {
        let asked = Arc::clone(&asked);
        async move {
            let turn = asked.fetch_add(1, Ordering::Relaxed);
            if turn % 10 == 9 { Ok(()) } else { right.check(&parts).await.map(drop) }
        }
    });
    assert_caught(&right.attack(app).await, GotThrough, &["H04", "T01"]);
}

/// Who was let in once is let in, whoever it is by then.
#[tokio::test]
async fn the_caller_of_one_request_is_still_there_at_the_next() {
    let right = Right::new();
    let current = Arc::new(Mutex::new(None));
    let app = right.behind(move |right, parts| {
        let current = Arc::clone(&current);
        async move {
            match right.check(&parts).await {
                Ok(claims) => *current.lock().unwrap() = Some(claims),
                Err(refusal) if current.lock().unwrap().is_none() => return Err(refusal),
                Err(_) => {}
            }
            Ok(())
        }
    });
    assert_caught(&right.attack(app).await, GotThrough, &["H01", "H29", "T02"]);
}

#[tokio::test]
async fn a_word_in_the_query_is_for_the_developers_only() {
    let right = Right::new();
    let app = right.behind(|right, parts| async move {
        if parts.uri.query() == Some("debug=1") { Ok(()) } else { right.check(&parts).await.map(drop) }
    });
    assert_only_caught(&right.attack(app).await, GotThrough, &["H16"]);
}
