//! Services that include related objects without the permission, or the owner, of their own route.

use crate::support::{CorrectService, assert_exploited, assert_only_caught, assert_twin_passes, claims_of};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::extract::Query;
use axum::http::request::Parts;
use axum::http::{Request, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use std::collections::HashMap;

/// Whether a caller may see the payslips.
type MaySee = fn(&Value) -> bool;

const EVERYONE: MaySee = |_| true;
const BY_SCOPE: MaySee = |claims| has_scope(claims, "payroll:read");
const BY_OWNER: MaySee = |claims| claims["sub"] == "alice";

fn has_scope(claims: &Value, scope: &str) -> bool {
    claims["scope"].as_str().unwrap_or_default().split(' ').any(|own| own == scope)
}

/// An employee and its payslips. `field` is the member of the query that includes them.
fn app(service: &CorrectService, field: &'static str, route: MaySee, included: MaySee) -> Router {
    let payslips = || json!([{"id": 101, "month": "2026-10", "gross": 8200}]);
    let show = move |Query(pairs): Query<HashMap<String, String>>, parts: Parts| async move {
        let claims = claims_of(&parts).unwrap_or_default();
        if !has_scope(&claims, "directory:read") {
            return Err(StatusCode::FORBIDDEN);
        }
        let mut employee = json!({"id": 7, "name": "Robert", "title": "Driver"});
        for related in pairs.get(field).map_or("", String::as_str).split(',') {
            match related {
                "payslips" if included(&claims) => employee["payslips"] = payslips(),
                // The ids are not secret.
                "payslips" => employee["payslips"] = json!([{"id": 101, "href": "/employees/7/payslips/101"}]),
                "manager" => employee["manager"] = json!("Anna"),
                _ => {}
            }
        }
        Ok(Json(employee))
    };
    let slips = move |parts: Parts| async move {
        let claims = claims_of(&parts).unwrap_or_default();
        if route(&claims) { Ok(Json(payslips())) } else { Err(StatusCode::FORBIDDEN) }
    };
    let app = Router::new().route("/employees/{id}", get(show)).route("/employees/{id}/payslips", get(slips));
    app.layer(service.layer(|service, parts| async move { service.check(&parts).await.map(drop) }))
}

fn attack_on(field: &'static str, route: MaySee, included: MaySee) -> AttackBuilder {
    let service = CorrectService::new();
    let attack = service.attack(app(&service, field, route, included)).parameter("id", "7");
    let attack = attack.requires("GET /employees/{id}", "directory:read");
    if field == "include" { attack.query("GET /employees/{id}", "include=manager") } else { attack }
}

#[tokio::test]
async fn an_included_object_has_the_permission_of_its_route() {
    let service = CorrectService::new();
    let token = service.issuer.token().subject("mallory").scope("directory:read").signed();
    let exploit = Request::get("/employees/7?include=payslips").header("authorization", format!("Bearer {token}"));
    assert_exploited(&app(&service, "include", BY_SCOPE, EVERYONE), exploit).await;
    for field in ["include", "expand", "relations"] {
        let attack = attack_on(field, BY_SCOPE, EVERYONE).requires("GET /employees/{id}/payslips", "payroll:read");
        let report = attack.only_in_a_test_of_the_kit(&["T29"]).await;
        assert_only_caught(&report, GotThrough, &["T29"]);
        assert!(report.to_string().contains("is included for a caller that it denies"), "{report}");
    }
}

#[tokio::test]
async fn an_included_object_has_the_owner_of_its_route() {
    let report = attack_on("include", BY_OWNER, EVERYONE).only_in_a_test_of_the_kit(&["H36"]).await;
    assert_only_caught(&report, GotThrough, &["H36"]);
}

#[tokio::test]
async fn an_include_that_asks_like_the_route_passes() {
    let attack = attack_on("include", BY_SCOPE, BY_SCOPE).requires("GET /employees/{id}/payslips", "payroll:read");
    assert_twin_passes(&attack.await);
    attack_on("include", BY_OWNER, BY_OWNER).only_in_a_test_of_the_kit(&["H36"]).await.assert_nothing_got_through();
}
