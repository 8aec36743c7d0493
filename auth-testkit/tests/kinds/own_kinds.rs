//! Sessions and own kinds, for which the service makes the credentials.

use crate::support::{app, assert_sent};
use auth_runtime::credentials::{Carrier, CredentialRecord, NotVerified, OwnKind, VerifyCredential};
use auth_runtime::{AuthRouter, Events, Verifier};
use auth_testkit::{Severity, TestCredentials, attack};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

const GATEWAY: &str = "https://gateway.internal/";

/// Tickets with their state, as a table of sessions has them.
#[derive(Clone, Default)]
struct Tickets(Arc<Mutex<HashMap<String, State>>>);

#[derive(Clone, Copy, PartialEq)]
enum State {
    Good,
    Expired,
    Revoked,
}

impl Tickets {
    fn issue(&self, state: State) -> impl Fn() -> std::future::Ready<String> + Send + Sync + 'static {
        let tickets = self.clone();
        move || {
            let mut tickets = tickets.0.lock().unwrap();
            let ticket = format!("ticket-of-the-gateway-{:04}-x", tickets.len());
            tickets.insert(ticket.clone(), state);
            std::future::ready(ticket)
        }
    }

    fn credentials(&self) -> TestCredentials {
        TestCredentials::of(GATEWAY, self.issue(State::Good))
            .unknown(|| std::future::ready("ticket-of-the-gateway-9999-x".to_owned()))
            .expired(self.issue(State::Expired))
            .revoked(self.issue(State::Revoked))
    }
}

type Check = fn(&Tickets, &str) -> Result<(), NotVerified>;

struct Gateway(Tickets, Check);

impl VerifyCredential for Gateway {
    async fn verify(&self, presented: &str) -> Result<CredentialRecord, NotVerified> {
        (self.1)(&self.0, presented)?;
        Ok(CredentialRecord::of("alice").scopes(["orders:read"]))
    }
}

fn correct(tickets: &Tickets, presented: &str) -> Result<(), NotVerified> {
    match tickets.0.lock().unwrap().get(presented) {
        Some(State::Good) => Ok(()),
        Some(State::Expired) => Err(NotVerified::Expired),
        _ => Err(NotVerified::invalid("no such ticket")),
    }
}

fn service(tickets: &Tickets, check: Check) -> AuthRouter {
    let kind = OwnKind::new("gateway", GATEWAY, Carrier::header("x-ticket"), Gateway(tickets.clone(), check));
    app(Verifier::accepting(kind).events(Events::collect().0).build().unwrap())
}

#[tokio::test]
async fn a_correct_own_kind_passes() {
    let tickets = Tickets::default();
    let report = attack(service(&tickets, correct)).with_credentials(&tickets.credentials()).await;
    report.assert_nothing_got_through();
    assert_sent(&report, &["N01", "N02", "N03", "N04", "N05", "N06", "C01", "C04", "H01"]);
}

#[tokio::test]
async fn an_attack_without_a_function_of_the_test_is_listed() {
    let tickets = Tickets::default();
    let credentials = TestCredentials::of(GATEWAY, tickets.issue(State::Good));
    let report = attack(service(&tickets, correct)).with_credentials(&credentials).await;
    report.assert_nothing_got_through();
    for attack in ["N04 an unknown credential", "N05 an expired credential", "N06 a revoked credential"] {
        assert!(report.not_sent.contains_key(attack), "{:?}", report.not_sent);
    }
}

#[tokio::test]
async fn each_mistake_of_an_own_kind_is_found() {
    let broken: [(Check, &[&str]); 4] = [
        (|_, _| Ok(()), &["N01", "N02", "N03", "N04", "N05", "N06"]),
        (
            |tickets, presented| match tickets.0.lock().unwrap().get(presented) {
                Some(State::Revoked) => Ok(()),
                _ => correct_locked(),
            },
            &["N06"],
        ),
        (
            |tickets, presented| match tickets.0.lock().unwrap().get(presented) {
                Some(State::Expired) => Ok(()),
                _ => correct_locked(),
            },
            &["N05"],
        ),
        (|_, presented| if presented.len() > 20 { Ok(()) } else { correct_locked() }, &["N02", "N03", "N04"]),
    ];
    for (check, ids) in broken {
        let tickets = Tickets::default();
        // The good ticket must be accepted in each of them.
        let check: Check = check;
        let report = attack(service_or_good(&tickets, check)).with_credentials(&tickets.credentials()).await;
        for id in ids {
            let through =
                |finding: &&auth_testkit::Finding| finding.id == *id && finding.severity == Severity::GotThrough;
            assert!(report.findings.iter().any(|finding| through(&finding)), "{id}: {report}");
        }
    }
}

fn correct_locked() -> Result<(), NotVerified> {
    Err(NotVerified::invalid("no such ticket"))
}

struct GoodOr(Tickets, Check);

impl VerifyCredential for GoodOr {
    async fn verify(&self, presented: &str) -> Result<CredentialRecord, NotVerified> {
        correct(&self.0, presented).or_else(|_| (self.1)(&self.0, presented))?;
        Ok(CredentialRecord::of("alice").scopes(["orders:read"]))
    }
}

fn service_or_good(tickets: &Tickets, check: Check) -> AuthRouter {
    let kind = OwnKind::new("gateway", GATEWAY, Carrier::header("x-ticket"), GoodOr(tickets.clone(), check));
    app(Verifier::accepting(kind).events(Events::collect().0).build().unwrap())
}
