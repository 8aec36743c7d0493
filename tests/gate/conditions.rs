//! Conditions that a verifier requires on every route, and the routes that waive one.

use crate::support::{AUDIENCE, Connection, ISSUER, Mint, NOW, Response, claims, get, get_with, serve};
use auth_runtime::credentials::{NoPrincipal, VerifierBuilder};
use auth_runtime::events::{Collected, Reason};
use auth_runtime::keys::Algorithm;
use auth_runtime::posture::Policy;
use auth_runtime::routing::{self, post};
use auth_runtime::streams::GuardedError;
use auth_runtime::{
    AuthRouter, Authenticated, Claims, ConfigError, Denied, Despite, Events, KeySet, LoadPrincipal, Permission,
    Rejection, Vault, Verifier, Visitor, authenticated, public,
};
use futures_util::{StreamExt, stream};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

/// What the database has about each caller.
#[derive(Clone, Copy, Default)]
struct Account {
    suspended: bool,
    initial_password: bool,
    admin: bool,
}

#[derive(Clone, Default)]
struct Accounts(Arc<Mutex<Account>>);

impl LoadPrincipal for Accounts {
    type TokenClaims = Claims;
    type Principal = Account;

    async fn load(&self, _: &Claims) -> Result<Account, NoPrincipal> {
        Ok(*self.0.lock().unwrap())
    }
}

macro_rules! permission {
    ($Name:ident, $name:literal, $holds:expr) => {
        #[derive(Debug)]
        struct $Name;

        impl Permission<Account> for $Name {
            const NAME: &'static str = $name;

            fn check(account: &Account) -> Result<(), Denied> {
                let holds: fn(&Account) -> bool = $holds;
                if holds(account) { Ok(()) } else { Err(Denied::new(concat!("not so: ", $name))) }
            }
        }
    };
}

permission!(NotSuspended, "not suspended", |account| !account.suspended);
permission!(OwnPassword, "own password", |account| !account.initial_password);
permission!(Admin, "admin", |account| account.admin);

#[authenticated(Account)]
async fn orders() {}

#[authenticated(Account, despite = OwnPassword)]
async fn set_password() {}

#[authenticated(Account, requires = Admin, despite = (OwnPassword, NotSuspended))]
async fn unlock(auth: Authenticated<Account, Despite<(OwnPassword, NotSuspended), Admin>>) {
    // A vault for any caller opens, because the service has one database.
    let _: &u8 = Vault::<u8, Account>::new(0).open(&auth);
}

/// Checks in its body what its route has waived.
#[authenticated(Account, despite = OwnPassword)]
async fn hello(auth: Authenticated<Account, Despite<OwnPassword>>) -> Result<&'static str, Rejection> {
    auth.check::<()>()?;
    Ok("hello")
}

#[public(reason = "a catalogue", optional = Account)]
async fn catalogue(_: Visitor<Account>) {}

type Complete = VerifierBuilder<Account, String, String, KeySet, Events>;

fn loaded(accounts: &Accounts, events: Events) -> Complete {
    Verifier::builder()
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .keys(Mint::of(Algorithm::Ed25519).key())
        .events(events)
        .clock(|| SystemTime::UNIX_EPOCH + Duration::from_secs(NOW))
        .recheck_every(Duration::from_millis(20))
        .load(accounts.clone())
}

fn app() -> AuthRouter<Verifier<Account>> {
    AuthRouter::new()
        .route("/orders", routing::get(orders))
        .route("/password", post(set_password).get(hello))
        .route("/unlock", post(unlock))
        .route("/catalogue", routing::get(catalogue))
        .authenticated_service("/files", |_: Authenticated<Account>| axum::routing::any(|| async {}))
}

struct Bench {
    accounts: Accounts,
    verifier: Verifier<Account>,
    collected: Collected,
    address: SocketAddr,
    token: String,
}

impl Bench {
    async fn start() -> Self {
        let (events, collected) = Events::collect();
        let accounts = Accounts::default();
        let verifier = loaded(&accounts, events).always_requires::<(NotSuspended, OwnPassword)>().build().unwrap();
        let address = serve(app().with_state(verifier.clone())).await;
        Self { accounts, verifier, collected, address, token: Mint::of(Algorithm::Ed25519).token(&claims()) }
    }

    fn is(&self, account: Account) {
        *self.accounts.0.lock().unwrap() = account;
    }

    async fn send(&self, method: &str, path: &str) -> Response {
        let request = get_with(path, &self.token).replacen("GET", method, 1);
        Connection::open(self.address).await.exchange(request).await
    }

    async fn answers(&self, method: &str, path: &str, status: u16) {
        let response = self.send(method, path).await;
        assert_eq!(response.status, status, "{method} {path}: {:?}", self.collected.take());
    }

    /// The answer is 403, and one event names the condition.
    async fn denies(&self, method: &str, path: &str, condition: &str) {
        self.answers(method, path, 403).await;
        let events = self.collected.take();
        let [event] = &*events else { panic!("{method} {path}: {events:?}") };
        assert_eq!((event.reason, event.subject.as_deref()), (Reason::Denied, Some("alice")));
        let named = event.permission.is_some_and(|name| name.starts_with(condition));
        assert!(named, "{method} {path}: {event:?}");
    }
}

#[tokio::test]
async fn a_condition_holds_on_every_route_but_those_that_waive_it() {
    let bench = Bench::start().await;
    for (method, path) in
        [("GET", "/orders"), ("POST", "/password"), ("GET", "/files/a"), ("GET", "/catalogue"), ("GET", "/password")]
    {
        bench.answers(method, path, 200).await;
    }
    bench.is(Account { initial_password: true, ..Account::default() });
    bench.answers("POST", "/password", 200).await;
    assert!(bench.collected.take().is_empty());
    // The decision belongs to the route, so the name of a waived route in another path has no
    // effect.
    for path in ["/orders", "/files/a", "/files/password", "/catalogue", "/password"] {
        bench.denies("GET", path, "\"own password\" by ").await;
    }
    bench.is(Account { suspended: true, ..Account::default() });
    for (method, path) in [("GET", "/orders"), ("POST", "/password"), ("GET", "/files/a"), ("GET", "/catalogue")] {
        bench.denies(method, path, "\"not suspended\" by ").await;
    }
    // Guests have no condition to meet.
    let guest = Connection::open(bench.address).await.exchange(get("/catalogue")).await;
    assert_eq!(guest.status, 200);
}

#[tokio::test]
async fn a_waiver_of_several_conditions_still_requires_its_permission() {
    let bench = Bench::start().await;
    let locked = Account { suspended: true, initial_password: true, admin: false };
    bench.is(locked);
    bench.denies("POST", "/unlock", "admin by ").await;
    bench.is(Account { admin: true, ..locked });
    bench.answers("POST", "/unlock", 200).await;
}

#[tokio::test]
async fn a_proof_outside_of_a_route_states_the_conditions_too() {
    let bench = Bench::start().await;
    let auth = bench.verifier.verify(&bench.token).await.unwrap();
    bench.is(Account { suspended: true, ..Account::default() });
    let denied = |outcome: Result<(), Rejection>| {
        assert!(matches!(outcome, Err(Rejection::InsufficientScope { .. })), "{outcome:?}");
        assert_eq!(bench.collected.take().len(), 1);
    };
    denied(bench.verifier.verify(&bench.token).await.map(drop));
    denied(auth.renewed(&bench.token).await.map(drop));
}

#[tokio::test]
async fn h22_a_stream_ends_when_its_caller_no_longer_meets_a_condition() {
    let bench = Bench::start().await;
    let auth = bench.verifier.verify(&bench.token).await.unwrap();
    let mut guarded = auth.guard(stream::pending::<Result<(), Infallible>>());
    bench.is(Account { suspended: true, ..Account::default() });
    let end = tokio::time::timeout(Duration::from_secs(20), guarded.next()).await.expect("the stream ends");
    let Some(Err(GuardedError::Ended(why))) = end else { panic!("{end:?}") };
    assert_eq!(why.reason(), Reason::Denied);
}

#[tokio::test]
async fn the_posture_shows_conditions_and_waivers() {
    let bench = Bench::start().await;
    let posture = app().with_state::<()>(bench.verifier.clone()).posture();
    let shown = posture.to_string();
    for words in [
        "authenticated as Account, despite \"own password\" by ",
        ", requires admin by ",
        ", despite \"own password\" by over_sockets::gate::conditions::OwnPassword and \"not suspended\" by ",
        "  always requires \"not suspended\" by ",
    ] {
        assert!(shown.contains(words), "{words} in\n{shown}");
    }
    assert!(posture.to_json().contains("\"despite\""));
    let of_orders = posture.routes().iter().find(|route| route.path == "/orders").unwrap();
    assert!(matches!(&of_orders.policy, Policy::Authenticated { despite, .. } if despite.is_empty()));
}

#[test]
fn a_waiver_of_what_the_verifier_does_not_require_is_refused_at_start() {
    crate::support::deliberate_panics_are_silent();
    let (events, _) = Events::collect();
    let verifier = loaded(&Accounts::default(), events).always_requires::<NotSuspended>().build().unwrap();
    let built = catch_unwind(AssertUnwindSafe(|| drop(app().with_state::<()>(verifier))));
    let message = *built.expect_err("a panic").downcast::<String>().expect("a message");
    for words in ["/password", "conditions.rs", "`\"own password\" by ", ".always_requires::<..>()"] {
        assert!(message.contains(words), "{words} in {message}");
    }
}

/// Decides from the token, and not from the account.
struct Staff;

impl Permission<Claims> for Staff {
    const NAME: &'static str = "staff";

    fn check(_: &Claims) -> Result<(), Denied> {
        Ok(())
    }
}

#[test]
fn a_condition_on_the_claims_is_not_lost_when_a_principal_is_loaded() {
    let (events, _) = Events::collect();
    let built = Verifier::builder()
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .keys(Mint::of(Algorithm::Ed25519).key())
        .events(events)
        .always_requires::<Staff>()
        .load(Accounts::default())
        .build();
    assert!(matches!(built, Err(ConfigError::OutOfBounds { name: "always_requires", .. })), "{built:?}");
}
