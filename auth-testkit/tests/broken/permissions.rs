//! The caller is known, and may not do it.

use crate::support::{Right, assert_only_caught};
use auth_runtime::routing::{get, post};
use auth_runtime::{AuthRouter, Authenticated, Claims, Denied, Permission, Rejection, authenticated, scope};
use auth_testkit::Severity::{self, GotThrough};
use auth_testkit::attack;
use axum::response::IntoResponse;

/// A guard that asks for a scope in its own way.
async fn attacked(has: fn(&Claims) -> bool) -> auth_testkit::AttackReport {
    let right = Right::new();
    let app = right.behind(move |right, parts| async move {
        let claims = right.check(&parts).await?;
        let denied = Rejection::InsufficientScope { permission: "orders:write", scope: Some("orders:write") };
        if has(&claims) { Ok(()) } else { Err(denied.into_response()) }
    });
    let routes = ["GET /orders", "POST /orders", "GET /orders/{id}", "DELETE /orders/{id}"];
    routes.into_iter().fold(right.attack(app), |attack, route| attack.requires(route, "orders:write")).await
}

#[tokio::test]
async fn a_scope_that_is_compared_whole_passes() {
    attacked(|claims| claims.scopes().any(|scope| scope == "orders:write")).await.assert_nothing_got_through();
}

#[tokio::test]
async fn inc_72_a_permission_that_cannot_be_asked_for_is_granted() {
    assert_only_caught(&attacked(|_| true).await, GotThrough, &["T29"]);
}

/// Of two scopes one is asked for, or either.
#[tokio::test]
async fn one_of_two_scopes_is_enough() {
    let right = Right::new();
    let app = right.behind(|right, parts| async move {
        let claims = right.check(&parts).await?;
        let denied = Rejection::InsufficientScope { permission: "orders:write", scope: Some("orders:write") };
        let either = claims.scopes().any(|scope| scope == "orders:write" || scope == "orders:admin");
        if either { Ok(()) } else { Err(denied.into_response()) }
    });
    let mut attack = right.attack(app);
    for route in ["GET /orders", "POST /orders", "GET /orders/{id}", "DELETE /orders/{id}"] {
        attack = attack.requires(route, "orders:write").requires(route, "orders:admin");
    }
    assert_only_caught(&attack.await, GotThrough, &["T29"]);
}

#[tokio::test]
async fn a_scope_is_looked_for_as_a_part_of_another() {
    let contained = |claims: &Claims| claims.scopes().collect::<Vec<_>>().join(" ").contains("orders:write");
    assert_only_caught(&attacked(contained).await, GotThrough, &["T29"]);
}

#[tokio::test]
async fn a_scope_is_compared_without_regard_to_letters() {
    let alike = |claims: &Claims| claims.scopes().any(|scope| scope.eq_ignore_ascii_case("orders:write"));
    assert_only_caught(&attacked(alike).await, GotThrough, &["T29"]);
}

#[tokio::test]
async fn a_lack_of_permission_is_answered_as_if_nobody_had_asked() {
    let right = Right::new();
    let app = right.behind(|right, parts| async move {
        let claims = right.check(&parts).await?;
        let may = claims.scopes().any(|scope| scope == "orders:write");
        if may { Ok(()) } else { Err(Rejection::MissingCredentials.into_response()) }
    });
    let report = right.attack(app).requires("POST /orders", "orders:write").requires("GET /orders", "orders:write");
    let report = report.without_route("GET /orders/{id}", "the test is about the others");
    let report = report.without_route("DELETE /orders/{id}", "the test is about the others");
    assert_only_caught(&report.await, Severity::Wrong, &["T29"]);
}

/// On an `AuthRouter` as well: what a permission decides is the service's own business, and can be nothing.
#[tokio::test]
async fn a_permission_that_grants_everybody_has_to_be_said_aloud() {
    struct Staff;

    impl Permission<Claims> for Staff {
        const NAME: &'static str = "staff";

        fn check(_: &Claims) -> Result<(), Denied> {
            Ok(())
        }
    }

    scope!(Read = "orders:read");

    #[authenticated(requires = Staff)]
    async fn close(_auth: Authenticated<Claims, Staff>) {}

    #[authenticated(requires = Read)]
    async fn list() {}

    let right = Right::new();
    let app =
        AuthRouter::new().route("/close", post(close)).route("/list", get(list)).with_state(right.verifier.clone());
    let report = attack(app.clone()).with(&right.issuer).await;
    assert_only_caught(&report, GotThrough, &["T29"]);
    assert!(report.to_string().contains(".granted_to_all(\"staff\", \"why\")"), "{report}");
    let aloud = attack(app).with(&right.issuer).granted_to_all("staff", "everybody here is staff").await;
    aloud.assert_nothing_got_through();
}
