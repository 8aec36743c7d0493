//! Services whose lists have a cursor.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes, claims_of};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::extract::RawQuery;
use axum::http::request::Parts;
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

fn decoded(query: Option<&str>) -> Option<Value> {
    let cursor = query?.split('&').find_map(|pair| pair.strip_prefix("cursor="))?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()
}

fn attacked(of_cursor: bool) -> AttackBuilder {
    let service = CorrectService::new();
    let list = move |RawQuery(query): RawQuery, parts: Parts| async move {
        let subject = claims_of(&parts).unwrap_or_default()["sub"].clone();
        let cursor = decoded(query.as_deref()).unwrap_or(json!({"user": subject, "after": 0}));
        let user = if of_cursor { &cursor["user"] } else { &subject };
        let all: &[&str] = if user == "alice" { &["tea for alice", "cups for alice", "a pot for alice"] } else { &[] };
        let after = usize::try_from(cursor["after"].as_u64().unwrap_or_default()).unwrap_or_default();
        let page: Vec<_> = all.iter().skip(after).take(2).collect();
        let seen = after + page.len();
        let next = (seen < all.len()).then(|| URL_SAFE_NO_PAD.encode(json!({"user": user, "after": seen}).to_string()));
        Json(json!({"orders": page, "paging": {"next": next}}))
    };
    let app = Router::new().route("/orders", get(list));
    service.attack(app.layer(service.layer(|service, parts| async move { service.check(&parts).await.map(drop) })))
}

#[tokio::test]
async fn a_cursor_names_the_owner_of_the_list() {
    let report = attacked(true).only_in_a_test_of_the_kit(&["H31"]).await;
    assert_only_caught(&report, GotThrough, &["H31"]);
    assert!(report.to_string().contains("cursor names the owner"), "{report}");
}

#[tokio::test]
async fn a_cursor_with_the_owner_of_the_token_passes() {
    assert_twin_passes(&attacked(false).await);
}
