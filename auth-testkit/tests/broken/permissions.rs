//! Services that authenticate the caller, and decide wrongly about the permission.

use crate::support::{CorrectService, assert_caught, assert_only_caught, assert_twin_passes, claims_of};
use auth_runtime::routing::{get, post};
use auth_runtime::{AuthRouter, Authenticated, Claims, Denied, Permission, Rejection, authenticated, scope};
use auth_testkit::Severity::{self, GotThrough};
use auth_testkit::{AttackBuilder, attack};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::IntoResponse;

/// Attacks a guard that decides about a scope with `has`.
async fn attacked(has: fn(&Claims) -> bool) -> auth_testkit::AttackReport {
    attack_on(has).await
}

fn attack_on(has: fn(&Claims) -> bool) -> AttackBuilder {
    let service = CorrectService::new();
    let app = service.behind(move |service, parts| async move {
        let claims = service.check(&parts).await?;
        let denied = Rejection::InsufficientScope { permission: "orders:write", scope: Some("orders:write") };
        if has(&claims) { Ok(()) } else { Err(denied.into_response()) }
    });
    service.attack(app).requires("GET /orders", "orders:write")
}

#[tokio::test]
async fn a_scope_that_is_compared_as_a_whole_word_passes() {
    assert_twin_passes(&attacked(|claims| claims.scopes().any(|scope| scope == "orders:write")).await);
}

#[tokio::test]
async fn inc_72_a_permission_that_cannot_be_checked_is_granted() {
    assert_only_caught(&attacked(|_| true).await, GotThrough, &["T29"]);
}

/// Grants by the parts of a scope, by a wildcard, and by a claim that a user fills in.
#[tokio::test]
async fn a_scope_is_granted_by_a_part_or_by_another_claim() {
    let decisions: [fn(&Claims) -> bool; 7] = [
        |claims| claims.scopes().any(|scope| scope == "orders:write" || scope.ends_with(":write")),
        |claims| claims.scopes().any(|scope| scope == "orders:write" || scope == "*"),
        |claims| claims.scopes().any(|scope| scope == "orders:write" || scope == "orders:*"),
        |claims| claims.scopes().any(|scope| scope.split(',').any(|part| part == "orders:write")),
        |claims| claims.scopes().any(|scope| scope == "orders:write" || scope.starts_with("orders")),
        |claims| claims.scopes().any(|scope| scope == "orders:write" || scope == "admin"),
        |claims| claims.scopes().any(|scope| scope == "orders:write" || scope == "orders:read"),
    ];
    for has in decisions {
        // `inc_72` shows that no other attack finds such a decision.
        assert_caught(&attack_on(has).only_in_a_test_of_the_kit(&["T29"]).await, GotThrough, &["T29"]);
    }
}

/// The name that a user chooses is read as a list of scopes.
/// All scopes of an empty list are the right one.
#[tokio::test]
async fn an_empty_scope_is_granted() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        service.check(&parts).await?;
        let claims = claims_of(&parts).unwrap_or_default();
        let denied = Rejection::InsufficientScope { permission: "orders:write", scope: Some("orders:write") };
        let may = claims["scope"]
            .as_str()
            .is_some_and(|own| own.split(' ').filter(|one| !one.is_empty()).all(|one| one == "orders:write"));
        if may { Ok(()) } else { Err(denied.into_response()) }
    });
    let attack = service.attack(app).requires("GET /orders", "orders:write");
    assert_only_caught(&attack.only_in_a_test_of_the_kit(&["T29"]).await, GotThrough, &["T29"]);
}

#[tokio::test]
async fn the_scope_is_read_from_the_name_of_the_user() {
    use crate::support::{token_of, unverified};

    let service = CorrectService::new();
    let app = service.behind(move |service, parts| async move {
        let claims = service.check(&parts).await?;
        let all = token_of(&parts).and_then(unverified).map(|(_, claims)| claims).unwrap_or_default();
        let named = all["nickname"].as_str().is_some_and(|name| name.contains("orders:write"));
        let denied = Rejection::InsufficientScope { permission: "orders:write", scope: Some("orders:write") };
        let may = named || claims.scopes().any(|scope| scope == "orders:write");
        if may { Ok(()) } else { Err(denied.into_response()) }
    });
    let attack = service.attack(app).requires("GET /orders", "orders:write");
    assert_only_caught(&attack.await, GotThrough, &["T29"]);
}

/// The route requires both scopes, and the guard accepts either.
#[tokio::test]
async fn one_of_two_scopes_is_enough() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        let claims = service.check(&parts).await?;
        let denied = Rejection::InsufficientScope { permission: "orders:write", scope: Some("orders:write") };
        let either = claims.scopes().any(|scope| scope == "orders:write" || scope == "orders:admin");
        if either { Ok(()) } else { Err(denied.into_response()) }
    });
    let attack = service.attack(app).requires("GET /orders", "orders:write").requires("GET /orders", "orders:admin");
    assert_only_caught(&attack.await, GotThrough, &["T29"]);
}

#[tokio::test]
async fn a_scope_is_compared_as_a_substring() {
    let contained = |claims: &Claims| claims.scopes().collect::<Vec<_>>().join(" ").contains("orders:write");
    assert_caught(&attack_on(contained).only_in_a_test_of_the_kit(&["T29"]).await, GotThrough, &["T29"]);
}

#[tokio::test]
async fn a_scope_is_compared_in_any_letter_case() {
    let alike = |claims: &Claims| claims.scopes().any(|scope| scope.eq_ignore_ascii_case("orders:write"));
    assert_caught(&attack_on(alike).only_in_a_test_of_the_kit(&["T29"]).await, GotThrough, &["T29"]);
}

#[tokio::test]
async fn a_missing_permission_gets_a_401() {
    let service = CorrectService::new();
    let app = service.all_behind(|service, parts| async move {
        let claims = service.check(&parts).await?;
        let may = claims.scopes().any(|scope| scope == "orders:write");
        if may { Ok(()) } else { Err(Rejection::MissingCredentials.into_response()) }
    });
    let report = service.attack(app).requires("POST /orders", "orders:write").requires("GET /orders", "orders:write");
    let report = report.without_route("GET /orders/{id}", "the test is about the others");
    let report = report.without_route("DELETE /orders/{id}", "the test is about the others");
    assert_only_caught(&report.await, Severity::Wrong, &["T29"]);
}

/// An extractor of the body runs in front of the handler, which compares the scope of its caller.
#[tokio::test]
async fn a_handler_may_take_the_body_before_it_denies() {
    let service = CorrectService::new();
    let place = |parts: Parts, _body: String| async move {
        let claims = claims_of(&parts).unwrap_or_default();
        let is_granted = claims["scope"].as_str().is_some_and(|all| all.split(' ').any(|one| one == "orders:write"));
        if is_granted { Ok("placed") } else { Err(StatusCode::FORBIDDEN) }
    };
    let app = axum::Router::new().route("/orders", axum::routing::get(|| async { "[]" }).post(place));
    let app = app.layer(service.layer(|service, parts| async move { service.check(&parts).await.map(drop) }));
    assert_twin_passes(&service.attack(app).requires("POST /orders", "orders:write").await);
}

/// Also on an `AuthRouter`, because a permission of the service may grant everything.
#[tokio::test]
async fn a_permission_that_every_caller_has_must_be_declared() {
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

    let service = CorrectService::new();
    let app =
        AuthRouter::new().route("/close", post(close)).route("/list", get(list)).with_state(service.verifier.clone());
    let report = attack(app.clone()).with(&service.issuer).await;
    assert_only_caught(&report, GotThrough, &["T29"]);
    assert!(report.to_string().contains(".granted_to_all(\"staff\", \"why\")"), "{report}");
    let declared =
        attack(app).with(&service.issuer).granted_to_all("staff", "every user of this service is staff").await;
    declared.assert_nothing_got_through();
}

/// CVE-2024-8118: a route asks for the permission of another one.
fn rules(rejects_its_own: bool, granted: &'static [&'static str]) -> AttackBuilder {
    let service = CorrectService::new();
    let app = axum::Router::new()
        .route("/rules", axum::routing::post(|| async { "stored" }))
        .route("/alerts", axum::routing::post(|| async { "sent" }));
    let app = app.layer(service.layer(move |service, parts| async move {
        let claims = service.check(&parts).await?;
        let own = if parts.uri.path() == "/rules" { "rules:write" } else { "alerts:write" };
        let is_granted = |scope: &str| {
            let is_own = scope == own && !(rejects_its_own && own == "rules:write");
            is_own || own == "rules:write" && granted.contains(&scope)
        };
        let denied = Rejection::InsufficientScope { permission: own, scope: Some(own) };
        if claims.scopes().any(is_granted) { Ok(()) } else { Err(denied.into_response()) }
    }));
    let attack = service.attack(app).requires("POST /rules", "rules:write").requires("POST /alerts", "alerts:write");
    attack.json("POST /alerts", serde_json::json!({}))
}

#[tokio::test]
async fn a_route_asks_for_the_permission_of_another_one() {
    let report = rules(true, &["alerts:write"]).only_in_a_test_of_the_kit(&["T29"]).await;
    assert_caught(&report, GotThrough, &["T29"]);
    let shown = report.to_string();
    assert!(shown.contains("another permission than it is declared with"), "{shown}");
    assert!(shown.contains("`403 Forbidden`: the route asks for `alerts:write`"), "{shown}");
    let report = rules(false, &["alerts:write"]).only_in_a_test_of_the_kit(&["T29"]).await;
    assert_only_caught(&report, GotThrough, &["T29"]);
}

#[tokio::test]
async fn a_scope_of_another_route_is_denied() {
    assert_twin_passes(&rules(false, &[]).await);
}

/// Such a scope includes the others.
#[tokio::test]
async fn a_scope_that_includes_others_passes() {
    let service = CorrectService::new();
    let app = axum::Router::new().route("/orders", axum::routing::get(|| async { "[]" }).post(|| async { "stored" }));
    let app = app.layer(service.layer(|service, parts| async move {
        let claims = service.check(&parts).await?;
        let own = if parts.method == "POST" { "orders:write" } else { "orders:read" };
        let denied = Rejection::InsufficientScope { permission: own, scope: Some(own) };
        let is_granted = claims.scopes().any(|scope| scope == own || scope == "orders:write");
        if is_granted { Ok(()) } else { Err(denied.into_response()) }
    }));
    let attack = service.attack(app).requires("GET /orders", "orders:read").requires("POST /orders", "orders:write");
    assert_twin_passes(&attack.await);
}
