//! Services with two verifiers, and tokens that a claims type rejects.

use crate::support::{attacked, sent, served_guarded};
use auth_runtime::credentials::TrustedIssuer;
use auth_runtime::routing::{get, post};
use auth_runtime::{AuthRouter, Authenticated, Claims, Events, Verifier, authenticated, public, scope};
use auth_testkit::{Severity, Target, TestIssuer, attack};
use axum::extract::FromRef;
use serde::Deserialize;

#[derive(Deserialize)]
struct StaffClaims {
    sub: String,
    role: String,
}

scope!(OrdersRefund = "orders:refund");

#[authenticated]
async fn mine(auth: Authenticated<Claims>) -> String {
    auth.sub.clone()
}

#[authenticated(StaffClaims)]
async fn all(auth: Authenticated<StaffClaims>) -> String {
    format!("{} as {}", auth.sub, auth.role)
}

#[authenticated(StaffClaims, requires = OrdersRefund)]
async fn refund() {}

#[public(reason = "load balancer probe")]
async fn health() {}

#[derive(Clone)]
struct App {
    customers: Verifier<Claims>,
    staff: Verifier<StaffClaims>,
}

impl FromRef<App> for Verifier<Claims> {
    fn from_ref(app: &App) -> Self {
        app.customers.clone()
    }
}

impl FromRef<App> for Verifier<StaffClaims> {
    fn from_ref(app: &App) -> Self {
        app.staff.clone()
    }
}

/// The issuers of both, and their verifiers.
fn two() -> (TestIssuer, TestIssuer, App) {
    let customers = TestIssuer::new();
    let staff = TestIssuer::new().named("https://staff.test/").with_claim("role", "support");
    let app = App {
        customers: customers.verifier(Events::collect().0).unwrap(),
        staff: staff.verifier(Events::collect().0).unwrap(),
    };
    (customers, staff, app)
}

fn routes(app: App) -> AuthRouter {
    AuthRouter::new()
        .route("/orders/mine", get(mine))
        .route("/orders", get(all))
        .route("/refunds", post(refund))
        .route("/health", get(health))
        .with_state(app)
}

#[tokio::test]
async fn two_verifiers_need_no_list_of_routes() {
    let (customers, staff, app) = two();
    let app = routes(app);
    for target in [Target::from(app.clone()), served_guarded(app).await] {
        let report = attacked(attack(target).with(&customers).with_for::<StaffClaims>(&staff)).await;
        report.assert_nothing_got_through();
        assert!(sent(&report, "T25") > 0 && sent(&report, "T29") > 0, "{report}");
    }
}

#[tokio::test]
async fn tokens_of_each_type_may_come_from_functions() {
    let (customers, staff, app) = two();
    let attack = attack(served_guarded(routes(app)).await).with_tokens(move || customers.token().signed());
    let attack = attack.with_tokens_for::<StaffClaims>(move || staff.token().scope("orders:refund").signed());
    attacked(attack).await.assert_nothing_got_through();
}

/// The verifier of the staff trusts the issuer of the customers too.
#[tokio::test]
async fn a_verifier_that_trusts_the_other_issuer_is_found() {
    let (customers, staff, app) = two();
    let customers = customers.with_claim("role", "customer");
    let both = Verifier::builder()
        .issuer(staff.name())
        .audience(staff.audience())
        .keys(staff.key_set())
        .also_trust(TrustedIssuer::new(customers.name(), customers.key_set()))
        .events(Events::collect().0)
        .build()
        .unwrap();
    let app = routes(App { staff: both, ..app });
    for target in [Target::from(app.clone()), served_guarded(app).await] {
        let report = attacked(attack(target).with(&customers).with_for::<StaffClaims>(&staff)).await;
        let through: Vec<_> =
            report.findings.iter().filter(|finding| finding.severity == Severity::GotThrough).collect();
        assert!(!through.is_empty(), "{report}");
        for finding in through {
            assert_eq!((finding.id.as_str(), finding.route.contains("mine")), ("T25", false), "{report}");
            assert_eq!(finding.attack, "a good token of the issuer for other claims");
        }
    }
}

#[tokio::test]
async fn a_missing_issuer_and_an_unknown_claims_type_are_named() {
    let (customers, staff, app) = two();
    let app = routes(app);
    let shown = attacked(attack(app.clone()).with(&customers)).await.to_string();
    assert!(shown.contains("an issuer of its own: `.with_for::<as_it_is::claims_types::StaffClaims>"), "{shown}");

    let attack = attack(app).with(&customers).with_for::<StaffClaims>(&staff).with_for::<String>(&staff);
    let shown = attacked(attack).await.to_string();
    assert!(shown.contains("unknown claims type: `.with_for::<alloc::string::String>(..)`: use one of "), "{shown}");
    assert!(shown.contains("as_it_is::claims_types::StaffClaims, auth_runtime::Claims"), "{shown}");
}

/// The issuer is right, and its tokens have no `role`.
#[tokio::test]
async fn a_token_that_the_claims_type_rejects_is_named_as_such() {
    let (customers, _, app) = two();
    let staff = TestIssuer::new().named("https://staff.test/");
    let app = routes(App { staff: staff.verifier(Events::collect().0).unwrap(), ..app });
    let report = attacked(attack(app).with(&customers).with_for::<StaffClaims>(&staff)).await;
    let shown = report.to_string();
    assert!(
        shown.contains(
            "claims refused: `role`: missing for as_it_is::claims_types::StaffClaims` (401 Unauthorized, \
             claims_mismatch): give the issuer the claims that the type requires: `.with_claim(..)`; until"
        ),
        "{shown}"
    );
    let causes = report.causes();
    assert_eq!((causes.len(), causes[0].routes.len()), (1, 2), "{shown}");
}

/// A token without `role` does not reach the permission, so its 401 is not a finding.
#[tokio::test]
async fn a_claims_type_with_a_claim_of_its_own_passes_the_attacks_on_permissions() {
    let (customers, staff, app) = two();
    let report = attacked(attack(routes(app)).with(&customers).with_for::<StaffClaims>(&staff)).await;
    report.assert_nothing_got_through();
    let refunds = report.routes.iter().find(|route| route.route.path == "/refunds").unwrap();
    assert_eq!(
        refunds.tried["T29"].sent, 36,
        "no claim, no scope, similar and empty scopes, other claims, other routes"
    );
}
