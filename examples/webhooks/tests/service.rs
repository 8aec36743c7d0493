//! Compares the posture with its reviewed file, and attacks every route.

use auth_runtime::signatures::{Sender, Signatures, SigningSecret};
use auth_runtime::{AuthRouter, Events, Vault};
use auth_testkit::{TestIssuer, TestSender, assert_posture, attack};
use webhooks::{App, Deliveries, GitHub, Standard, Stripe, app};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn signatures<S: Sender>(events: &Events) -> Signatures<S> {
    let secret = SigningSecret::from_bytes(SECRET);
    Signatures::builder().secret(secret).events(events.clone()).build().expect("signatures")
}

fn service(issuer: &TestIssuer) -> AuthRouter {
    let events = Events::discard("the tests read the answers");
    let connection = rusqlite::Connection::open_in_memory().expect("a database");
    app(App {
        verifier: issuer.verifier(events.clone()).expect("a verifier"),
        github: signatures(&events),
        stripe: signatures(&events),
        standard: signatures(&events),
        deliveries: Vault::new(Deliveries::new(connection).expect("a table")),
    })
}

#[test]
fn the_posture_matches_the_reviewed_file() {
    assert_posture(&service(&TestIssuer::new()), "auth-posture.lock");
}

#[tokio::test]
async fn attacks_do_not_reach_a_handler() {
    let issuer = TestIssuer::new();
    let github = |number: u64| format!("{{\"ref\":\"refs/heads/main\",\"after\":\"commit-of-a-test-{number}\"}}");
    let stripe = |number: u64| format!("{{\"id\":\"event-of-a-test-{number}\",\"type\":\"charge.succeeded\"}}");
    let standard = |number: u64| format!("{{\"type\":\"invoice.paid\",\"invoice\":\"invoice-of-a-test-{number}\"}}");
    let report = attack(service(&issuer))
        .with(&issuer)
        .with_sender(&TestSender::of::<GitHub>(SECRET).body(github))
        .with_sender(&TestSender::of::<Stripe>(SECRET).body(stripe))
        .with_sender(&TestSender::of::<Standard>(SECRET).body(standard))
        .await;
    report.assert_nothing_got_through();
    // A replay needs a delivery that was handled.
    for route in report.routes.iter().filter(|route| route.route.signed.is_some()) {
        assert!(route.tried.contains_key("G18"), "{}: {report}", route.route);
    }
}
