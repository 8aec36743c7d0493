use super::{Direction, Lock};
use auth_runtime::routing::post;
use auth_runtime::signatures::{Scheme, Signatures};
use auth_runtime::{AuthRouter, MethodRoutes, Signed, public, signature};
use axum::extract::FromRef;

struct Accounts;

signature!(GitHub = Scheme::github());
signature!(Bank for Accounts = Scheme::stripe());

#[derive(Clone, FromRef)]
struct Senders {
    github: Signatures<GitHub>,
    bank: Signatures<Bank>,
}

#[public(reason = "GitHub calls it")]
async fn open() {}

fn by_github() -> MethodRoutes<Senders> {
    post(|_: Signed<GitHub>| async {})
}

fn by_the_bank() -> MethodRoutes<Senders> {
    post(|_: Signed<Bank>| async {})
}

fn lock(push: MethodRoutes<Senders>) -> Lock {
    Lock::of(&AuthRouter::new().route("/push", push).posture())
}

fn row(lock: &Lock) -> String {
    let text = lock.to_string();
    assert_eq!(Lock::parse(&text), Ok(lock.clone()));
    text.lines().find(|line| line.starts_with("POST")).expect("a row").to_owned()
}

#[test]
fn a_signed_route_has_the_sender_its_scheme_and_what_it_opens() {
    let github = "POST /push SIGNED by GitHub in \"X-Hub-Signature-256 over {body} without a timestamp\"";
    assert_eq!(row(&lock(by_github())), github);
    let bank = "POST /push SIGNED by Bank in \"Stripe-Signature over {timestamp}.{body} within 5 min\" opens ";
    assert!(row(&lock(by_the_bank())).starts_with(bank), "{}", row(&lock(by_the_bank())));
    for broken in ["POST /push SIGNED GitHub", "POST /push SIGNED by GitHub", "POST /push SIGNED by GitHub in"] {
        assert!(Lock::parse(broken).is_err(), "{broken}");
    }
}

#[test]
fn a_route_that_begins_or_ends_to_be_signed_is_a_difference() {
    for (before, now, direction, words) in [
        (post(open), by_github(), Direction::Closes, "calls without a signature now get 401"),
        (by_github(), post(open), Direction::Opens, "is now public: GitHub calls it"),
        (by_github(), by_the_bank(), Direction::Opens, "is now signed by Bank in Stripe-Signature"),
        (by_the_bank(), by_github(), Direction::Changes, "is now signed by GitHub in X-Hub-Signature-256"),
    ] {
        let differences = lock(before).differences(&lock(now));
        assert_eq!(differences[0].direction, direction, "{differences:?}");
        assert!(differences[0].what.contains(words), "{differences:?}");
    }
}
