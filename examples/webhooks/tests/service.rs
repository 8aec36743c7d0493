//! Compares the posture with its reviewed file, and attacks every route.

use auth_runtime::signatures::{Sender, Signatures, SigningSecret};
use auth_runtime::{AuthRouter, Events, Vault};
use auth_testkit::{TestIssuer, assert_posture, attack};
use webhooks::{App, Deliveries, app};

fn signatures<S: Sender>(events: &Events) -> Signatures<S> {
    let secret = SigningSecret::from_bytes("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
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
    attack(service(&issuer)).with(&issuer).await.assert_nothing_got_through();
}
