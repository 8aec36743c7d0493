//! Services that ask a known caller for one more proof, and do not compare it.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{post, put};
use axum::{Json, Router};
use serde_json::{Value, json};

fn attack_on(compares: bool) -> AttackBuilder {
    let service = CorrectService::new();
    let change = move |Json(body): Json<Value>| async move {
        let is_right = !compares || body["current_password"] == "tea for two";
        if is_right { StatusCode::NO_CONTENT } else { StatusCode::BAD_REQUEST }
    };
    let transfer = move |Json(body): Json<Value>| async move {
        let is_right = !compares || body["pin"] == "4711";
        if is_right { Json(json!({"sent": 5})).into_response() } else { StatusCode::FORBIDDEN.into_response() }
    };
    let app = Router::new().route("/me/password", put(change)).route("/transfers", post(transfer));
    service
        .attack(app.layer(service.layer(|service, parts| async move { service.check(&parts).await.map(drop) })))
        .json("PUT /me/password", json!({"current_password": "tea for two", "new_password": "battery staple"}))
        .json("POST /transfers", json!({"amount": 5, "pin": "4711"}))
}

#[tokio::test]
async fn a_current_password_and_a_pin_are_not_compared() {
    let report = attack_on(false).only_in_a_test_of_the_kit(&["H38"]).await;
    assert_only_caught(&report, GotThrough, &["H38"]);
    assert_eq!(report.findings.len(), 2, "{report}");
}

#[tokio::test]
async fn a_current_password_and_a_pin_that_are_compared_pass() {
    assert_twin_passes(&attack_on(true).await);
}
