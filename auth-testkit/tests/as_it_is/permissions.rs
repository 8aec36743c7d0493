//! Permissions that a claim decides which the claims type requires.

use auth_runtime::routing::{get, post};
use auth_runtime::{AuthRouter, Claims, Denied, Despite, Events, Permission, authenticated};
use auth_testkit::{AttackReport, Severity, TestIssuer, attack};
use serde::Deserialize;

#[derive(Deserialize)]
struct Account {
    role: String,
}

struct Admin;

impl Permission<Account> for Admin {
    const NAME: &'static str = "admin";

    fn check(account: &Account) -> Result<(), Denied> {
        if account.role == "admin" { Ok(()) } else { Err(Denied::new("another role")) }
    }
}

/// The same permission, with a mistake: it denies no caller.
struct Anyone;

impl Permission<Account> for Anyone {
    const NAME: &'static str = "admin";

    fn check(_: &Account) -> Result<(), Denied> {
        Ok(())
    }
}

#[authenticated(Account, requires = Admin)]
async fn checked() {}

#[authenticated(Account, requires = Anyone)]
async fn unchecked() {}

fn admin() -> TestIssuer {
    TestIssuer::new().with_claim("role", "admin")
}

fn app(issuer: &TestIssuer, is_checked: bool) -> AuthRouter {
    let verifier = issuer.verifier::<Account>(Events::collect().0).unwrap();
    let routes = if is_checked { get(checked) } else { get(unchecked) };
    AuthRouter::new().route("/accounts", routes).with_state(verifier)
}

async fn report(is_checked: bool, with_a_customer: bool) -> AttackReport {
    let issuer = admin();
    let attack = attack(app(&issuer, is_checked)).with(&issuer);
    let customer = issuer.clone().with_claim("role", "customer");
    if with_a_customer { attack.caller_lacking("admin", &customer).await } else { attack.await }
}

#[tokio::test]
async fn a_permission_that_no_token_reaches_is_inconclusive() {
    for is_checked in [true, false] {
        let report = report(is_checked, false).await;
        let finding = report.findings.iter().find(|finding| finding.id == "T29").expect("a finding");
        assert_eq!(finding.severity, Severity::Control);
        assert!(finding.problem.contains("`.caller_lacking(\"admin\", &issuer.with_claim(..))`"), "{report}");
    }
}

#[tokio::test]
async fn a_caller_that_lacks_a_permission_finds_a_check_that_denies_no_caller() {
    report(true, true).await.assert_nothing_got_through();
    let report = report(false, true).await;
    let finding = report.findings.iter().find(|finding| finding.id == "T29").expect("a finding");
    assert_eq!(finding.severity, Severity::GotThrough, "{report}");
}

#[tokio::test]
async fn tokens_from_elsewhere_name_the_attack_that_is_not_sent() {
    let issuer = admin();
    let good = issuer.clone();
    let report = attack(app(&issuer, true)).with_tokens(move || good.token().signed()).await;
    assert!(report.not_sent.keys().any(|attack| attack.starts_with("T29")), "{:?}", report.not_sent);
}

struct NotSuspended;

impl Permission<Claims> for NotSuspended {
    const NAME: &'static str = "not suspended";

    fn check(claims: &Claims) -> Result<(), Denied> {
        match claims.other.get("suspended") {
            None => Ok(()),
            Some(_) => Err(Denied::new("the tenant is suspended")),
        }
    }
}

/// The same condition, with a mistake: it denies no caller.
struct NeverSuspended;

impl Permission<Claims> for NeverSuspended {
    const NAME: &'static str = "not suspended";

    fn check(_: &Claims) -> Result<(), Denied> {
        Ok(())
    }
}

#[authenticated(despite = X)]
async fn pay<X: Permission<Claims> + Send + Sync + 'static>(_: auth_runtime::Authenticated<Claims, Despite<X>>) {}

#[authenticated]
async fn orders() {}

async fn of_condition<X: Permission<Claims> + Send + Sync + 'static>(is_named: bool) -> AttackReport {
    let issuer = TestIssuer::new();
    let verifier = auth_runtime::Verifier::<Claims>::builder()
        .issuer(issuer.name())
        .audience(issuer.audience())
        .keys(issuer.key_set())
        .events(Events::collect().0)
        .always_requires::<X>()
        .build()
        .unwrap();
    let app = AuthRouter::new().route("/orders", get(orders)).route("/pay", post(pay::<X>)).with_state(verifier);
    let attack = attack(app).with(&issuer);
    let suspended = issuer.clone().with_claim("suspended", true);
    if is_named { attack.caller_lacking("not suspended", &suspended).await } else { attack.await }
}

#[tokio::test]
async fn a_caller_that_does_not_meet_a_condition_is_sent_to_each_route_without_a_waiver() {
    let right = of_condition::<NotSuspended>(true).await;
    right.assert_nothing_got_through();
    let sent = |path: &str| {
        let of_route = right.routes.iter().find(|report| report.route.path == path).expect("a route");
        of_route.tried.contains_key("T29")
    };
    assert_eq!((sent("/orders"), sent("/pay")), (true, false));
    let broken = of_condition::<NeverSuspended>(true).await;
    let finding = broken.findings.iter().find(|finding| finding.id == "T29").expect("a finding");
    assert_eq!((finding.severity, &*finding.route), (Severity::GotThrough, "GET /orders"), "{broken}");
    assert!(finding.problem.contains("waive it with `despite`"), "{broken}");
    assert!(broken.findings.iter().all(|finding| finding.route != "POST /pay"), "{broken}");
}

#[tokio::test]
async fn a_condition_that_no_caller_of_the_test_fails_is_inconclusive() {
    let report = of_condition::<NotSuspended>(false).await;
    let [finding] = &*report.findings else { panic!("{report}") };
    assert_eq!(finding.severity, Severity::Control);
    assert!(finding.problem.contains("`.caller_lacking(\"not suspended\", &issuer.with_claim(..))`"), "{report}");
}
