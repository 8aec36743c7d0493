use super::{Direction, Lock};
use auth_runtime::routing::post;
use auth_runtime::setup::SetupGate;
use auth_runtime::signatures::{Scheme, Signatures};
use auth_runtime::{AuthRouter, Claims, MethodRoutes, Rejection, Setup, Signed, Verifier};
use auth_runtime::{authenticated, capability, public, setup, signature};
use axum::extract::FromRef;

struct Accounts;

capability!(FirstAdministrator for Accounts = "creates the first administrator");
signature!(GitHub = Scheme::github());

#[derive(Clone, FromRef)]
struct App {
    gate: SetupGate,
    verifier: Verifier<Claims>,
    github: Signatures<GitHub>,
}

#[setup(reason = "creates the first administrator")]
async fn first(setup: Setup) -> Result<(), Rejection> {
    setup.close().await.map(drop)
}

#[setup]
async fn first_with_accounts(setup: Setup<FirstAdministrator>) -> Result<(), Rejection> {
    setup.close().await.map(drop)
}

#[public(reason = "the first administrator signs up")]
async fn open() {}

#[authenticated]
async fn known() {}

fn signed() -> MethodRoutes<App> {
    post(|_: Signed<GitHub>| async {})
}

fn lock(route: MethodRoutes<App>) -> Lock {
    Lock::of(&AuthRouter::new().route("/setup", route).posture())
}

fn row(lock: &Lock) -> String {
    let text = lock.to_string();
    assert_eq!(Lock::parse(&text), Ok(lock.clone()));
    text.lines().find(|line| line.starts_with("POST")).expect("a row").to_owned()
}

#[test]
fn a_set_up_has_its_reason_and_what_it_opens() {
    assert_eq!(row(&lock(post(first))), "POST /setup SETUP \"creates the first administrator\"");
    let row = row(&lock(post(first_with_accounts)));
    assert!(row.starts_with("POST /setup SETUP \"creates the first administrator\" opens "), "{row}");
    for broken in ["POST /setup SETUP", "POST /setup SETUP \"a\" opens"] {
        assert!(Lock::parse(broken).is_err(), "{broken}");
    }
}

#[test]
fn a_route_that_begins_or_ends_to_be_a_set_up_is_a_difference() {
    for (before, now, direction, words) in [
        (post(open), post(first), Direction::Closes, "is now a one-time set-up: creates the first administrator"),
        (post(first), post(open), Direction::Opens, "is now public: the first administrator signs up"),
        (post(known), post(first), Direction::Opens, "was authenticated, is now a one-time set-up"),
        (signed(), post(first), Direction::Opens, "is now a one-time set-up"),
        (post(first), post(known), Direction::Changes, "is now authenticated"),
        (post(first), signed(), Direction::Changes, "is now signed by GitHub"),
        (post(first), post(first_with_accounts), Direction::Opens, "opens "),
        (post(first_with_accounts), post(first), Direction::Changes, "is now a one-time set-up"),
    ] {
        let differences = lock(before).differences(&lock(now));
        assert_eq!(differences[0].direction, direction, "{differences:?}");
        assert!(differences[0].what.contains(words), "{differences:?}");
    }
    let none = Lock::of(&AuthRouter::<App>::new().posture());
    let added = none.differences(&lock(post(first)));
    assert!(added.iter().any(|new| new.direction == Direction::Opens && new.what.contains("set-up")), "{added:?}");
}
