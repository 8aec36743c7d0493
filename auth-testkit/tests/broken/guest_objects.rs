//! Services with documents for guests, and drafts for their owner.

use crate::support::{CorrectService, assert_caught, assert_only_caught, assert_twin_passes, claims_of};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::Router;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::get;

/// The document 1 is for all, and the document 7 is a draft of alice.
fn attacked(is_hidden: fn(Option<&str>) -> bool) -> AttackBuilder {
    let service = CorrectService::new();
    let read = move |parts: Parts| async move {
        let claims = claims_of(&parts);
        let reader = claims.as_ref().and_then(|claims| claims["sub"].as_str());
        match parts.uri.path() {
            "/documents/1" => Ok("how to order tea"),
            "/documents/7" if !is_hidden(reader) => Ok("draft: prices of next year"),
            _ => Err(StatusCode::NOT_FOUND),
        }
    };
    let app = Router::new().route("/documents/{id}", get(read)).layer(service.layer(|service, parts| async move {
        let is_known = parts.headers.contains_key("authorization");
        if is_known { service.check(&parts).await.map(drop) } else { Ok(()) }
    }));
    let attack = service.attack(app).parameter("id", "7").answers("GET /documents/{id}", 404);
    attack.optional("GET /documents/{id}", "published documents are for all").owned("GET /documents/{id}")
}

#[tokio::test]
async fn a_guest_skips_the_check_of_the_owner() {
    let skips = |reader: Option<&str>| reader.is_some_and(|reader| reader != "alice");
    let report = attacked(skips).only_in_a_test_of_the_kit(&["H36"]).await;
    assert_only_caught(&report, GotThrough, &["H36"]);
    assert!(report.to_string().contains("also where no caller is known"), "{report}");
    assert_caught(&attacked(skips).await, GotThrough, &["H36"]);
}

#[tokio::test]
async fn a_known_caller_skips_the_check_of_the_owner() {
    let report = attacked(|reader| reader.is_none()).only_in_a_test_of_the_kit(&["H36"]).await;
    assert_only_caught(&report, GotThrough, &["H36"]);
}

#[tokio::test]
async fn a_draft_for_its_owner_only_passes() {
    assert_twin_passes(&attacked(|reader| reader != Some("alice")).await);
}
