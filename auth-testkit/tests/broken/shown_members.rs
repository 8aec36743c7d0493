//! Services whose owner of an account writes what only the service may set.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Map, Value, json};
use std::sync::{Arc, Mutex};

/// The members that an owner may write.
fn attacked(written: &'static [&'static str]) -> AttackBuilder {
    let service = CorrectService::new();
    let account = json!({"city": "Graz", "plan": "basic", "tier": "retail", "balance": 0, "email_verified": false});
    let account = Arc::new(Mutex::new(account));
    let shown = Arc::clone(&account);
    let show = move || async move { Json(shown.lock().unwrap().clone()) };
    let update = move |Json(body): Json<Map<String, Value>>| async move {
        let mut account = account.lock().unwrap();
        for (name, value) in body.into_iter().filter(|(name, _)| written.contains(&name.as_str())) {
            account[name] = value;
        }
        StatusCode::NO_CONTENT
    };
    let app = Router::new().route("/me", get(show).patch(update));
    let app = app.layer(service.layer(|service, parts| async move { service.check(&parts).await.map(drop) }));
    service.attack(app).json("PATCH /me", json!({"city": "Graz"}))
}

#[tokio::test]
async fn an_account_stores_each_member_of_a_body() {
    for written in [&["city", "tier"][..], &["city", "balance"], &["city", "email_verified"]] {
        let report = attacked(written).only_in_a_test_of_the_kit(&["H37"]).await;
        assert_only_caught(&report, GotThrough, &["H37"]);
    }
}

#[tokio::test]
async fn an_account_stores_the_members_of_its_owner() {
    let report = attacked(&["city", "plan"]).await;
    assert_twin_passes(&report);
    assert!(report.to_string().contains("client sets `plan` of its account"), "{report}");
}
