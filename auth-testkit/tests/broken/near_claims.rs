//! Services that decide by a part of a claim.

use crate::support::{CorrectService, assert_exploited, assert_only_caught, assert_twin_passes, claims_of};
use auth_testkit::Severity::GotThrough;
use auth_testkit::{AttackBuilder, TestIssuer};
use axum::Router;
use axum::http::Request;
use axum::response::IntoResponse;
use axum::routing::get;
use serde_json::Value;

fn staff() -> TestIssuer {
    TestIssuer::new()
        .with_claim("email", "ann@acme.com")
        .with_claim("hd", "acme.com")
        .with_claim("email_verified", true)
        .with_claim("role", "admin")
        .with_claim("groups", serde_json::json!(["staff"]))
}

/// Orders for all callers, and a route for staff.
fn app(service: &CorrectService, is_staff: fn(&Value) -> bool) -> Router {
    let app = Router::new().route("/orders", get(|| async { "[]" })).route("/admin", get(|| async { "all orders" }));
    app.layer(service.layer(move |service, parts| async move {
        service.check(&parts).await?;
        let claims = claims_of(&parts).unwrap_or_default();
        let denied = auth_runtime::Rejection::InsufficientScope { permission: "staff", scope: None };
        if parts.uri.path() == "/orders" || is_staff(&claims) { Ok(()) } else { Err(denied.into_response()) }
    }))
}

fn attack(service: &CorrectService, is_staff: fn(&Value) -> bool) -> AttackBuilder {
    service.attack(app(service, is_staff))
}

#[tokio::test]
async fn the_address_ends_with_the_domain_of_the_company() {
    let service = CorrectService::trusting(staff());
    let is_staff: fn(&Value) -> bool =
        |claims| claims["email"].as_str().is_some_and(|address| address.ends_with("acme.com"));
    let token = service.issuer.token().claim("email", "eve@not-acme.com").signed();
    let exploit = Request::get("/admin").header("authorization", format!("Bearer {token}"));
    assert_exploited(&app(&service, is_staff), exploit).await;
    let report = attack(&service, is_staff).await;
    assert_only_caught(&report, GotThrough, &["T29"]);
    assert!(report.findings.iter().all(|finding| finding.route == "GET /admin"), "{report}");
}

#[tokio::test]
async fn a_part_of_a_claim_decides() {
    let decisions: [fn(&Value) -> bool; 7] = [
        |claims| claims["email"].as_str().is_some_and(|address| address.contains("@acme.com")),
        |claims| claims["email"].as_str().and_then(|address| address.split('@').nth(1)) == Some("acme.com"),
        |claims| claims["hd"].as_str().is_some_and(|domain| domain.ends_with("acme.com")),
        |claims| claims["hd"].as_str().is_some_and(|domain| domain.starts_with("acme.com")),
        |claims| claims["role"].as_str().is_some_and(|role| role.contains("admin")),
        |claims| claims["groups"].to_string().contains("staff"),
        // OpenID Connect Core section 5.1: an address that is not verified may be anyone's.
        |claims| claims["email"].as_str().is_some_and(|address| address.ends_with("@acme.com")),
    ];
    for is_staff in decisions {
        let service = CorrectService::trusting(staff());
        let report = attack(&service, is_staff).only_in_a_test_of_the_kit(&["T29"]).await;
        assert_only_caught(&report, GotThrough, &["T29"]);
    }
}

#[tokio::test]
async fn whole_claims_decide() {
    let service = CorrectService::trusting(staff());
    let report = attack(&service, |claims| {
        let address = claims["email"].as_str().unwrap_or_default().to_lowercase();
        address.rsplit_once('@').is_some_and(|(_, domain)| domain == "acme.com")
            && claims["email_verified"] == true
            && claims["hd"] == "acme.com"
            && claims["role"] == "admin"
            && claims["groups"].as_array().is_some_and(|groups| groups.iter().any(|group| group == "staff"))
    });
    assert_twin_passes(&report.await);
}
