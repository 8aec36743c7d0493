//! Permissions that a claim decides which the claims type requires.

use auth_runtime::routing::get;
use auth_runtime::{AuthRouter, Denied, Events, Permission, authenticated};
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
