//! Services that keep the answer of one caller for others, behind the check.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes, claims_of};
use auth_testkit::Severity::GotThrough;
use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// Makes the key of an answer; `None` does not keep it.
type Key = fn(&Parts) -> Option<String>;

/// A cart of each caller, and a counter that is the same for all.
fn app(service: &CorrectService, key: Key) -> Router {
    let cart = |parts: Parts| async move {
        format!("cart of {} at {}", claims_of(&parts).unwrap_or_default()["sub"], parts.uri.path())
    };
    let count = Arc::new(AtomicU64::new(0));
    let visits =
        move |parts: Parts| async move { format!("visit {} of {}", count.fetch_add(1, Ordering::Relaxed), parts.uri) };
    let answers = Arc::new(Mutex::new(HashMap::<String, String>::new()));
    let keep = from_fn(move |request: Request, next: Next| {
        let answers = Arc::clone(&answers);
        async move {
            let (parts, body) = request.into_parts();
            let key = key(&parts);
            let known = key.as_ref().and_then(|key| answers.lock().unwrap().get(key).cloned());
            if let Some(known) = known {
                return known.into_response();
            }
            let (head, body) = next.run(Request::from_parts(parts, body)).await.into_parts();
            let bytes = to_bytes(body, 64 * 1024).await.unwrap();
            if let Some(key) = key {
                answers.lock().unwrap().insert(key, String::from_utf8_lossy(&bytes).into_owned());
            }
            Response::from_parts(head, bytes.into())
        }
    });
    let app = Router::new().route("/cart", get(cart).post(cart)).route("/visits", get(visits)).layer(keep);
    app.layer(service.layer(|service, parts| async move { service.check(&parts).await.map(drop) }))
}

fn idempotency_key(parts: &Parts) -> Option<String> {
    Some(format!("{} {:?}", parts.uri.path(), parts.headers.get("idempotency-key")?))
}

fn url(parts: &Parts) -> Option<String> {
    (parts.method == "GET").then(|| parts.uri.to_string())
}

fn caller(parts: &Parts) -> String {
    claims_of(parts).unwrap_or_default()["sub"].to_string()
}

#[tokio::test]
async fn the_answer_of_one_caller_is_kept_for_others() {
    for (key, route) in [(idempotency_key as Key, "POST /cart"), (url, "GET /cart")] {
        let service = CorrectService::new();
        let report = service.attack(app(&service, key)).only_in_a_test_of_the_kit(&["H40"]).await;
        assert_only_caught(&report, GotThrough, &["H40"]);
        assert!(report.findings.iter().all(|finding| finding.route == route), "{report}");
    }
}

#[tokio::test]
async fn an_answer_that_is_kept_by_caller_passes() {
    let service = CorrectService::new();
    let by_caller: Key = |parts| {
        let key = idempotency_key(parts).or_else(|| url(parts))?;
        Some(format!("{} {key}", caller(parts)))
    };
    assert_twin_passes(&service.attack(app(&service, by_caller)).await);
    // The counter is the same for all, so its answer may be kept for all.
    let for_all: Key = |parts| url(parts).filter(|url| url.starts_with("/visits"));
    let report = service.attack(app(&service, for_all)).only_in_a_test_of_the_kit(&["H40"]).await;
    report.assert_nothing_got_through();
}
