//! Permissions of a plain router that a role decides, and their correct twin.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes, unverified};
use auth_testkit::Severity::{Control, GotThrough};
use auth_testkit::TestIssuer;
use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use serde_json::Value;

/// Whether staff is decided by a role, and answers 403 without a challenge.
fn of_staff(service: &CorrectService, is_staff: fn(&Value) -> bool) -> Router {
    let app = Router::new().route("/orders", get(|| async { "[]" })).route("/admin", get(|| async { "all orders" }));
    app.layer(service.layer(move |service, parts| async move {
        service.check(&parts).await?;
        // The check accepts each spelling of `Bearer`.
        let token = parts.headers["authorization"].to_str().ok().and_then(|value| value.get(7..));
        let role = token.and_then(unverified).map(|(_, claims)| claims["role"].clone());
        let may = parts.uri.path() == "/orders" || is_staff(&role.unwrap_or_default());
        if may { Ok(()) } else { Err(StatusCode::FORBIDDEN.into_response()) }
    }))
}

#[tokio::test]
async fn a_role_that_decides_a_permission_passes() {
    let staff = TestIssuer::new().with_claim("role", "staff").with_claim("sub", "root");
    let customer = staff.clone().with_claim("role", "customer");
    let service = CorrectService::trusting(staff);
    let attack = |is_staff: fn(&Value) -> bool| {
        let attack = service.attack(of_staff(&service, is_staff)).requires("GET /admin", "member of staff");
        attack.caller_lacking("member of staff", &customer)
    };
    assert_twin_passes(&attack(|role| role == "staff").await);
    let broken = attack(|role| !role.is_null()).only_in_a_test_of_the_kit(&["T29"]).await;
    assert_only_caught(&broken, GotThrough, &["T29"]);
    assert_eq!(broken.findings.len(), 2, "GET and HEAD: {broken}");
}

#[tokio::test]
async fn a_caller_that_lacks_an_unknown_permission_is_a_mistake_of_the_test() {
    let service = CorrectService::trusting(TestIssuer::new().with_claim("role", "staff"));
    let customer = service.issuer.clone().with_claim("role", "customer");
    let app = || of_staff(&service, |role| role == "staff");
    let attack = service.attack(app()).caller_lacking("staff", &customer).only_in_a_test_of_the_kit(&["T29"]);
    let report = attack.await;
    assert_only_caught(&report, Control, &["-"]);
    let remedy = "no route requires the permission: `.caller_lacking(\"staff\", ..)`: name a route that requires it: \
                  `.requires(\"GET /admin\", \"staff\")`";
    assert!(report.to_string().contains(remedy), "{report}");
    let attack = service.attack(app()).requires("GET /admin", "staff").caller_lacking("stuff", &customer);
    let report = attack.only_in_a_test_of_the_kit(&["H01"]).await;
    assert!(report.to_string().contains("`.caller_lacking(\"stuff\", ..)`: use one of staff"), "{report}");
}
