//! Services with a token in a mail, which is good for the account of another user.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::Json;
use axum::http::StatusCode;
use axum::routing::post;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

const TOKEN: &str = "6f1d0c1b7a";
const OWNER: &str = "carol@shop.example";

/// `is_once`: a token that was used is good no more.
fn resets(compares: bool, is_once: bool) -> AttackBuilder {
    let service = CorrectService::new();
    let valid = Arc::new(Mutex::new(true));
    let reset = move |Json(body): Json<Value>| async move {
        let mut valid = valid.lock().unwrap();
        let is_right = body["token"] == TOKEN && *valid && (!compares || body["email"] == OWNER);
        if is_right && is_once {
            *valid = false;
        }
        if is_right { StatusCode::NO_CONTENT } else { StatusCode::BAD_REQUEST }
    };
    let app = service.behind(|service, parts| async move { service.check(&parts).await.map(drop) });
    service
        .attack(app.route("/password/reset", post(reset)))
        .public("POST /password/reset", "with a token of a mail")
        .json("POST /password/reset", json!({"email": OWNER, "token": TOKEN, "password": "battery staple"}))
}

#[tokio::test]
async fn a_token_is_good_for_another_user() {
    for is_once in [false, true] {
        let report = resets(false, is_once).only_in_a_test_of_the_kit(&["H38"]).await;
        let through: Vec<_> = report.findings.iter().filter(|finding| finding.severity == GotThrough).collect();
        assert!(through.iter().any(|finding| finding.problem.contains("of one user")), "{report}");
    }
    assert_only_caught(&resets(false, false).only_in_a_test_of_the_kit(&["H38"]).await, GotThrough, &["H38"]);
}

#[tokio::test]
async fn a_token_for_its_own_user_passes() {
    for is_once in [false, true] {
        assert_twin_passes(&resets(true, is_once).await);
    }
}
