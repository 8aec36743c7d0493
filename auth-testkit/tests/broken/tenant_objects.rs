//! Services with a tenant in the path, and objects of tenants.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes, claims_of};
use auth_testkit::Severity::GotThrough;
use auth_testkit::{AttackBuilder, TestIssuer};
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::get;
use serde_json::json;

/// acme has the project 7.
fn attacked(compares: bool, knows_all: bool) -> AttackBuilder {
    let service = CorrectService::trusting(TestIssuer::new().with_claim("tenant", json!("acme")));
    let project = move |Path((tenant, id)): Path<(String, String)>, parts: Parts| async move {
        let is_member = claims_of(&parts).unwrap_or_default()["tenant"] == tenant.as_str();
        let is_known = knows_all || matches!(tenant.as_str(), "acme" | "globex");
        if !is_member || !is_known {
            return Err(StatusCode::FORBIDDEN);
        }
        let is_found = id == "7" && (tenant == "acme" || !compares);
        if is_found { Ok("the merger with initech") } else { Err(StatusCode::NOT_FOUND) }
    };
    let currency = |Path((_, id)): Path<(String, String)>| async move { format!("the currency {id}") };
    let app = Router::new()
        .route("/t/{tenant}/projects/{id}", get(project))
        .layer(service.layer(|service, parts| async move { service.check(&parts).await.map(drop) }));
    let shared = Router::new().route("/t/{tenant}/currencies/{code}", get(currency));
    let app = app.merge(shared.layer(service.layer(|service, parts| async move {
        let claims = service.check(&parts).await?;
        let is_own = parts.uri.path().split('/').nth(2) == claims.other["tenant"].as_str();
        if is_own { Ok(()) } else { Err(axum::response::IntoResponse::into_response(StatusCode::FORBIDDEN)) }
    })));
    let globex = service.issuer.clone().with_claim("tenant", json!("globex"));
    let attack = service.attack(app).parameter("tenant", "acme").parameter("id", "7").parameter("code", "EUR");
    let attack = attack.requires("GET /t/{tenant}/projects/{id}", "tenant:acme");
    attack.caller_lacking("tenant:acme", &globex)
}

#[tokio::test]
async fn an_object_is_found_below_another_tenant() {
    for knows_all in [true, false] {
        let report = attacked(false, knows_all).only_in_a_test_of_the_kit(&["H36"]).await;
        assert_only_caught(&report, GotThrough, &["H36"]);
        assert!(report.to_string().contains("look the object up by its tenant and its id"), "{report}");
    }
}

#[tokio::test]
async fn an_object_of_its_tenant_passes() {
    assert_twin_passes(&attacked(true, true).await);
}
