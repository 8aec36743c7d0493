//! Rules that a handler declares, and callers that they deny.

use auth_runtime::permissions::WithRule;
use auth_runtime::routing::{get, post};
use auth_runtime::{AuthRouter, Authenticated, Claims, Denied, Events, Permitted, Rejection, Rule, authenticated};
use auth_testkit::{AttackReport, Severity, TestIssuer, attack};
use axum::Json;
use serde::Serialize;

#[derive(Serialize)]
struct Order {
    placed_by: &'static str,
    tenant: &'static str,
}

fn order() -> Order {
    Order { placed_by: "alice", tenant: "acme" }
}

/// The rule about the owner.
struct OwnsOrder;

impl Rule<Claims, Order> for OwnsOrder {
    const NAME: &'static str = "own order";

    fn check(claims: &Claims, order: &Order) -> Result<(), Denied> {
        if order.placed_by == claims.sub { Ok(()) } else { Err(Denied::new("of another")) }
    }
}

/// The rule about the tenant.
struct SameTenant;

impl Rule<Claims, Order> for SameTenant {
    const NAME: &'static str = "same tenant";

    fn check(claims: &Claims, order: &Order) -> Result<(), Denied> {
        let is_same = claims.other.get("tenant").is_some_and(|tenant| tenant == order.tenant);
        if is_same { Ok(()) } else { Err(Denied::new("of another tenant")) }
    }
}

/// The same rule, with a mistake: it permits every order.
struct AnyTenant;

impl Rule<Claims, Order> for AnyTenant {
    const NAME: &'static str = "same tenant";

    fn check(_: &Claims, _: &Order) -> Result<(), Denied> {
        Ok(())
    }
}

#[authenticated(Claims, rule = OwnsOrder)]
async fn own(auth: Authenticated<Claims, WithRule<OwnsOrder>>) -> Result<Json<Permitted<Order, OwnsOrder>>, Rejection> {
    Ok(Json(auth.permit(order())?))
}

#[authenticated(Claims, rule = SameTenant)]
async fn list(
    auth: Authenticated<Claims, WithRule<SameTenant>>,
) -> Result<Json<Vec<Permitted<Order, SameTenant>>>, Rejection> {
    Ok(Json(auth.permit_each([order()])?))
}

#[authenticated(Claims, rule = AnyTenant)]
async fn broken(auth: Authenticated<Claims, WithRule<AnyTenant>>) -> Result<(), Rejection> {
    auth.permit::<AnyTenant, _>(order()).map(drop)
}

/// It asks the rule, and does not act on the verdict.
#[authenticated(Claims, rule = AnyTenant)]
async fn broken_list(
    auth: Authenticated<Claims, WithRule<AnyTenant>>,
) -> Result<Json<Vec<Permitted<Order, AnyTenant>>>, Rejection> {
    Ok(Json(auth.permit_each([order()])?))
}

fn acme() -> TestIssuer {
    TestIssuer::new().with_claim("tenant", "acme")
}

fn attacked(issuer: &TestIssuer, app: AuthRouter<auth_runtime::Verifier<Claims>>) -> auth_testkit::AttackBuilder {
    let verifier = issuer.verifier::<Claims>(Events::collect().0).unwrap();
    attack(app.with_state(verifier)).with(issuer).only_in_a_test_of_the_kit(&["T29"])
}

fn findings(report: &AttackReport) -> Vec<(&str, Severity)> {
    report.findings.iter().map(|finding| (finding.route.as_str(), finding.severity)).collect()
}

#[tokio::test]
async fn a_caller_that_a_rule_denies_must_not_get_the_object() {
    let issuer = acme();
    let other = issuer.clone().with_claim("tenant", "globex");
    let right = || AuthRouter::new().route("/own", get(own)).route("/orders", get(list));
    attacked(&issuer, right()).caller_denied_by::<SameTenant>(&other).await.assert_nothing_got_through();
    // Another subject of the same tenant shows nothing.
    let untested = attacked(&issuer, right()).await;
    assert_eq!(findings(&untested), [("GET /orders", Severity::Control)], "{untested}");
    let remedy = "add a caller that it denies: `.caller_denied_by::<";
    assert!(untested.to_string().contains(remedy), "{untested}");

    let broken = AuthRouter::new().route("/orders", get(broken_list)).route("/refund", post(broken));
    let broken = attacked(&issuer, broken).caller_denied_by::<AnyTenant>(&other).await;
    assert_eq!(
        findings(&broken),
        [("GET /orders", Severity::GotThrough), ("POST /refund", Severity::GotThrough)],
        "{broken}"
    );
    let unknown = attacked(&issuer, AuthRouter::new().route("/own", get(own)));
    let unknown = unknown.caller_denied_by::<SameTenant>(&other).await;
    assert!(unknown.to_string().contains("unknown rule: `.caller_denied_by::<"), "{unknown}");
}
