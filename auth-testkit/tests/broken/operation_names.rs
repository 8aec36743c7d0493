//! GraphQL services that leave an operation open by its name, which the client chooses.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::http::request::Parts;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

/// GraphQL, whose introspection and log-in are open. `Some` is the name that opens.
fn graphql(opened_by: Option<&'static str>) -> AttackBuilder {
    let service = CorrectService::new();
    let checks = service.clone();
    let execute = move |parts: Parts, body: String| async move {
        let body: Value = serde_json::from_str(&body).unwrap_or_default();
        let query = body["query"].as_str().unwrap_or_default();
        let selects = |field: &str| query.contains(field) && !query.contains("orders");
        let is_open = opened_by.map_or(selects("__schema") || selects("login"), |name| body["operationName"] == name);
        if !is_open && checks.check(&parts).await.is_err() {
            return Json(json!({"errors": [{"message": "UNAUTHENTICATED"}]}));
        }
        let orders = query.contains("orders").then(|| json!([{"id": "O-1", "of": "alice"}]));
        Json(json!({"data": {"orders": orders}}))
    };
    let attack = service.attack(Router::new().route("/graphql", post(execute)));
    attack
        .json("POST /graphql", json!({"operationName": "Orders", "query": "query Orders { orders { id } }"}))
        .rejecting_with_text("UNAUTHENTICATED", "GraphQL answers 200 with errors")
}

#[tokio::test]
async fn the_name_of_an_open_operation_opens_every_query() {
    for name in ["IntrospectionQuery", "Login"] {
        let report = graphql(Some(name)).only_in_a_test_of_the_kit(&["H11"]).await;
        assert_only_caught(&report, GotThrough, &["H11"]);
    }
    assert_twin_passes(&graphql(None).await);
}
