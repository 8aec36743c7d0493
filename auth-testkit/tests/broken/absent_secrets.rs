//! Services that compare an absent secret with one that was never set.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::Json;
use axum::http::StatusCode;
use axum::routing::post;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Alice has not asked for a new password, so her token is absent.
fn resets(rejects_absent: bool) -> AttackBuilder {
    let service = CorrectService::new();
    let changed: Arc<AtomicU64> = Arc::default();
    let counter = Arc::clone(&changed);
    let reset = move |Json(body): Json<Value>| async move {
        let known: Option<&str> = None;
        let given = body["token"].as_str();
        if (rejects_absent && given.is_none()) || given != known {
            return StatusCode::UNPROCESSABLE_ENTITY;
        }
        counter.fetch_add(1, Ordering::Relaxed);
        StatusCode::NO_CONTENT
    };
    let app = service.behind(|service, parts| async move { service.check(&parts).await.map(drop) });
    let app = app.route("/password/reset", post(reset));
    let body = json!({"email": "alice@shop.example", "token": "6f1d0c1b7a", "password": "battery staple"});
    let attack = service.attack(app).public("POST /password/reset", "with a token of a mail");
    attack.json("POST /password/reset", body).unchanged("passwords", move || {
        let changed = changed.load(Ordering::Relaxed);
        async move { changed }
    })
}

/// CVE-2019-16109 (Devise): an absent token is equal to an absent one.
#[tokio::test]
async fn an_absent_token_is_equal_to_one_that_was_never_set() {
    let report = resets(false).only_in_a_test_of_the_kit(&["H38"]).await;
    assert_only_caught(&report, GotThrough, &["H38"]);
    assert_twin_passes(&resets(true).await);
}
