//! Verifiers that are configured for more than the test expects, and their correct twins.

use crate::support::{assert_caught, assert_only_caught, assert_twin_passes};
use auth_runtime::credentials::{TrustedIssuer, VerifierBuilder};
use auth_runtime::routing::get;
use auth_runtime::{AuthRouter, Claims, Events, KeySet, Verifier, authenticated};
use auth_testkit::Severity::Wrong;
use auth_testkit::{AttackBuilder, TestIssuer, attack};
use std::time::Duration;

#[authenticated]
async fn list() -> &'static str {
    "[]"
}

type Complete = VerifierBuilder<Claims, String, String, KeySet, Events>;

fn attacked(issuer: &TestIssuer, events: Events, configure: impl FnOnce(Complete) -> Complete) -> AttackBuilder {
    let builder = Verifier::<Claims>::builder().issuer(issuer.name()).audience(issuer.audience());
    let verifier = configure(builder.keys(issuer.key_set()).events(events)).build().unwrap();
    attack(AuthRouter::new().route("/orders", get(list)).with_state(verifier)).with(issuer)
}

#[tokio::test]
async fn a_verifier_trusts_an_issuer_that_the_test_does_not_have() {
    let (issuer, partner) = (TestIssuer::new(), TestIssuer::new().named("https://partner.test/"));
    let trusting = || {
        let trusted = TrustedIssuer::new(partner.name(), partner.key_set()).audience(partner.audience());
        attacked(&issuer, Events::collect().0, |builder| builder.also_trust(trusted))
    };
    let report = trusting().await;
    assert_only_caught(&report, Wrong, &["S02"]);
    let text = report.to_string();
    assert!(text.starts_with("nothing got through, but the set-up is not what the test expects: 1 cause\n"), "{text}");
    assert!(
        text.contains("WRONG: VERIFIER auth_runtime::Claims S02 (the set-up of the verifier)\n  verifier trusts an issuer that the test does not have: `https://partner.test/`: "),
        "{text}"
    );
    assert_twin_passes(&trusting().also_trusting(&partner).await);
}

#[tokio::test]
async fn a_token_may_be_valid_for_a_month() {
    let issuer = TestIssuer::new();
    let month = || {
        let lifetime = Duration::from_secs(24 * 30 * 60 * 60);
        attacked(&issuer, Events::collect().0, move |builder| builder.max_lifetime(lifetime))
    };
    let report = month().await;
    assert_caught(&report, Wrong, &["S03"]);
    assert!(report.to_string().contains("verifier accepts a lifetime of more than a day: `30 days`"), "{report}");
    month().accepting("S03", "devices without a keyboard").await.assert_nothing_got_through();
}

/// A test may have events of its own, so this is a suggestion.
#[tokio::test]
async fn events_that_go_nowhere_are_in_the_report() {
    let issuer = TestIssuer::new();
    let report = attacked(&issuer, Events::discard("the answers are read"), |builder| builder).await;
    report.assert_nothing_got_through();
    let text = report.to_string();
    assert!(text.contains("SUGGESTION: rejections of the verifier for auth_runtime::Claims are discarded: "), "{text}");
    let twin = attacked(&issuer, Events::collect().0, |builder| builder).await;
    assert!(twin.suggestions.is_empty(), "{twin}");
}
