//! Principals from a database: its roles decide, and no failure of it admits a caller.

use crate::support::{
    AUDIENCE, Connection, ISSUER, Mint, NOW, Response, Runs, claims, deliberate_panics_are_silent, get_with, serve,
    with,
};
use auth_runtime::api_keys::{ApiKey, ApiKeys, MemoryApiKeys};
use auth_runtime::credentials::{NoPrincipal, VerifierBuilder};
use auth_runtime::events::{Collected, Reason};
use auth_runtime::keys::Algorithm;
use auth_runtime::revocation::{Revocation, RevocationList};
use auth_runtime::routing::get;
use auth_runtime::streams::GuardedError;
use auth_runtime::{
    AuthEvent, AuthRouter, Authenticated, Claims, ConfigError, Denied, Events, KeySet, LoadPrincipal, Permission,
    Rejection, Verifier, authenticated,
};
use axum::extract::{FromRef, State};
use futures_util::{StreamExt, stream};
use rusqlite::{Connection as Sqlite, OptionalExtension};
use std::convert::Infallible;
use std::future::pending;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

/// A user as the database has it.
struct User {
    role: String,
}

/// What the database does instead of an answer.
#[derive(Clone, Copy, Default, PartialEq)]
enum Fault {
    #[default]
    None,
    Hangs,
    Panics,
    Fails,
}

#[derive(Clone)]
struct Users {
    database: Arc<Mutex<Sqlite>>,
    fault: Arc<Mutex<Fault>>,
    loads: Arc<AtomicUsize>,
}

impl Users {
    fn with_alice_as(role: &str) -> Self {
        let database = Sqlite::open_in_memory().unwrap();
        database.execute_batch("CREATE TABLE users (name TEXT PRIMARY KEY, role TEXT, disabled INTEGER)").unwrap();
        database.execute("INSERT INTO users VALUES ('alice', ?1, 0)", [role]).unwrap();
        Self { database: Arc::new(Mutex::new(database)), fault: Arc::default(), loads: Arc::default() }
    }

    fn run(&self, sql: &str) {
        assert_eq!(self.database.lock().unwrap().execute(sql, []).unwrap(), 1, "{sql}");
    }

    fn is_to(&self, fault: Fault) {
        *self.fault.lock().unwrap() = fault;
    }

    fn loads(&self) -> usize {
        self.loads.load(Ordering::SeqCst)
    }
}

impl LoadPrincipal for Users {
    type TokenClaims = Claims;
    type Principal = User;

    async fn load(&self, claims: &Claims) -> Result<User, NoPrincipal> {
        self.loads.fetch_add(1, Ordering::SeqCst);
        let fault = *self.fault.lock().unwrap();
        match fault {
            Fault::None => {}
            Fault::Hangs => pending().await,
            Fault::Panics => panic!("deliberate"),
            Fault::Fails => return Err(NoPrincipal::undecided("the database is down")),
        }
        let found = self.database.lock().unwrap().query_row(
            "SELECT role, disabled FROM users WHERE name = ?1",
            [&claims.sub],
            |row| Ok((row.get(0)?, row.get(1)?)),
        );
        match found.optional() {
            Ok(Some((_, true))) => Err(NoPrincipal::disabled("disabled by an operator")),
            Ok(Some((role, false))) => Ok(User { role }),
            Ok(None) => Err(NoPrincipal::NotFound),
            Err(_) => Err(NoPrincipal::undecided("the query failed")),
        }
    }
}

struct Admin;

impl Permission<User> for Admin {
    const NAME: &'static str = "admin";

    fn check(user: &User) -> Result<(), Denied> {
        if user.role == "admin" { Ok(()) } else { Err(Denied::new("not an admin")) }
    }
}

#[derive(Clone)]
struct Service {
    verifier: Verifier<User>,
    runs: Runs,
}

impl FromRef<Service> for Verifier<User> {
    fn from_ref(service: &Service) -> Self {
        service.verifier.clone()
    }
}

impl FromRef<Service> for Runs {
    fn from_ref(service: &Service) -> Self {
        service.runs.clone()
    }
}

#[authenticated(User, requires = Admin)]
async fn admin(auth: Authenticated<User, Admin>, State(runs): State<Runs>) -> String {
    runs.count();
    auth.role.clone()
}

type Complete = VerifierBuilder<User, String, String, KeySet, Events>;

struct Bench {
    users: Users,
    verifier: Verifier<User>,
    runs: Runs,
    collected: Collected,
    address: SocketAddr,
    token: String,
}

fn build(users: &Users, change: impl FnOnce(Complete) -> Complete) -> (Result<Verifier<User>, ConfigError>, Collected) {
    let (events, collected) = Events::collect();
    let builder = Verifier::builder()
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .keys(Mint::of(Algorithm::Ed25519).key())
        .events(events)
        .clock(|| SystemTime::UNIX_EPOCH + Duration::from_secs(NOW))
        .time_limit(Duration::from_millis(300))
        .recheck_every(Duration::from_millis(20))
        .load(users.clone());
    (change(builder).build(), collected)
}

impl Bench {
    async fn start(change: impl FnOnce(Complete) -> Complete) -> Self {
        let users = Users::with_alice_as("admin");
        let (verifier, collected) = build(&users, change);
        let (verifier, runs) = (verifier.expect("a verifier"), Runs::default());
        let service = Service { verifier: verifier.clone(), runs: runs.clone() };
        let address = serve(AuthRouter::new().route("/admin", get(admin)).with_state(service)).await;
        Self { users, verifier, runs, collected, address, token: Mint::of(Algorithm::Ed25519).token(&claims()) }
    }

    async fn send(&self) -> Response {
        Connection::open(self.address).await.exchange(get_with("/admin", &self.token)).await
    }

    async fn accepts(&self) {
        let runs = self.runs.so_far();
        let response = self.send().await;
        assert_eq!(response.status, 200, "{:?}", self.collected.take());
        assert_eq!(self.runs.so_far(), runs + 1);
        assert!(self.collected.take().is_empty());
    }

    async fn rejects(&self, status: u16, reason: Reason) -> (Response, AuthEvent) {
        let runs = self.runs.so_far();
        let response = self.send().await;
        assert_eq!(response.status, status, "{response:?}");
        assert_eq!(self.runs.so_far(), runs, "the handler ran");
        let mut events = self.collected.take();
        assert_eq!(events.len(), 1, "{events:?}");
        let event = events.remove(0);
        assert_eq!((event.reason, event.subject.as_deref()), (reason, Some("alice")), "{event:?}");
        (response, event)
    }
}

/// The loader gets the record's claims as it gets a token's.
#[tokio::test]
async fn the_owner_of_a_key_is_loaded_as_the_subject_of_a_token_is() {
    let (store, mint) = (MemoryApiKeys::default(), |owner| ApiKey::mint("acme_live", owner).expect("a key"));
    let ((key, record), (other, unknown)) = (mint("alice"), mint("mallory"));
    store.insert(record);
    store.insert(unknown);
    let keys = ApiKeys::of("https://orders.example.com/keys", "acme_live", store);
    let mut bench = Bench::start(|builder| builder.also_accept(keys)).await;
    bench.token = key.show_once();
    bench.accepts().await;
    bench.users.run("UPDATE users SET role = 'clerk'");
    bench.rejects(403, Reason::Denied).await;
    bench.users.run("UPDATE users SET disabled = 1");
    bench.rejects(401, Reason::PrincipalDisabled).await;
    bench.token = other.show_once();
    let response = bench.send().await;
    assert_eq!((response.status, bench.collected.take()[0].reason), (401, Reason::PrincipalNotFound));
}

#[tokio::test]
async fn a_role_removed_in_the_database_is_403_at_the_next_request() {
    let bench = Bench::start(|builder| builder).await;
    bench.accepts().await;
    bench.users.run("UPDATE users SET role = 'clerk'");
    let (_, event) = bench.rejects(403, Reason::Denied).await;
    assert!(event.permission.is_some_and(|name| name.starts_with("admin by ")), "{event:?}");
    bench.users.run("UPDATE users SET role = 'admin'");
    bench.accepts().await;
    assert_eq!(bench.users.loads(), 3, "one load a request");
}

/// An attacker who writes to the database can give roles. The caller stays that of the token.
#[tokio::test]
async fn the_loaded_principal_does_not_change_who_the_caller_is() {
    let bench = Bench::start(|builder| builder).await;
    bench.users.run("UPDATE users SET role = 'bob'");
    let auth = bench.verifier.verify(&bench.token).await.expect("a proof");
    assert_eq!((auth.subject(), auth.role.as_str()), ("alice", "bob"));
    assert_eq!(auth.issuer(), ISSUER);
}

#[tokio::test]
async fn a_bad_token_asks_no_database() {
    let mut bench = Bench::start(|builder| builder).await;
    let expired = with(with(claims(), "iat", NOW - 900), "exp", NOW - 600);
    for (token, status) in [
        (Mint::untrusted(Algorithm::Ed25519).token(&claims()), 401),
        (Mint::of(Algorithm::Ed25519).token(&expired), 401),
        ("garbage".to_owned(), 401),
        (String::new(), 401),
    ] {
        bench.token = token;
        assert_eq!(bench.send().await.status, status);
    }
    assert_eq!(bench.users.loads(), 0);
}

#[tokio::test]
async fn a_deleted_or_disabled_user_is_401_at_the_next_request() {
    let bench = Bench::start(|builder| builder).await;
    bench.accepts().await;
    bench.users.run("UPDATE users SET disabled = 1");
    let (disabled, event) = bench.rejects(401, Reason::PrincipalDisabled).await;
    assert_eq!(event.detail.as_deref(), Some("disabled by an operator"));
    bench.users.run("DELETE FROM users");
    let (deleted, _) = bench.rejects(401, Reason::PrincipalNotFound).await;
    for response in [disabled, deleted] {
        assert_eq!(response.header("www-authenticate"), Some(crate::support::INVALID_TOKEN));
        assert_eq!(String::from_utf8_lossy(&response.body), crate::support::PROBLEM_401);
    }
}

#[tokio::test]
async fn t51_a_database_that_hangs_fails_or_panics_is_503_with_one_event() {
    deliberate_panics_are_silent();
    let bench = Bench::start(|builder| builder).await;
    for cached in [false, true] {
        for (fault, reason, detail) in [
            (Fault::Hangs, Reason::VerifierTimeout, "while the principal was loaded"),
            (Fault::Panics, Reason::VerifierPanicked, "while the principal was loaded"),
            (Fault::Fails, Reason::PrincipalUndecided, "the database is down"),
        ] {
            bench.users.is_to(fault);
            let (response, event) = bench.rejects(503, reason).await;
            assert!(response.header("retry-after").is_some(), "{response:?}");
            assert_eq!(event.detail.as_deref(), Some(detail), "token cached: {cached}");
        }
        bench.users.is_to(Fault::None);
        bench.accepts().await;
    }
}

#[tokio::test]
async fn a_cached_principal_counts_for_the_stated_time_only_and_revocation_is_still_checked() {
    let list = RevocationList::new(100, Duration::from_secs(48 * 60 * 60));
    let revocations = list.clone();
    let age = Duration::from_millis(1500);
    let bench = Bench::start(move |builder| builder.cache_principals_for(age).revocations(revocations)).await;
    bench.accepts().await;
    bench.users.run("UPDATE users SET role = 'clerk'");
    bench.accepts().await;
    assert_eq!(bench.users.loads(), 1, "the second request used the cached principal");
    list.revoke(&Revocation::token(ISSUER, "5f3b")).unwrap();
    bench.rejects(401, Reason::Revoked).await;
    assert_eq!(bench.users.loads(), 1);
}

#[tokio::test]
async fn a_cached_principal_is_loaded_again_after_the_stated_time() {
    let age = Duration::from_millis(200);
    let bench = Bench::start(move |builder| builder.cache_principals_for(age)).await;
    bench.accepts().await;
    bench.users.run("DELETE FROM users");
    let limit = tokio::time::Instant::now() + Duration::from_secs(20);
    while bench.send().await.status == 200 {
        assert!(tokio::time::Instant::now() < limit, "the principal stayed in the cache");
    }
    assert_eq!(bench.collected.take().len(), 1);
    assert_eq!(bench.users.loads(), 2);
}

#[tokio::test]
async fn h22_a_stream_ends_when_its_principal_is_disabled_or_loses_the_permission() {
    for (sql, reason) in [
        ("UPDATE users SET disabled = 1", Reason::PrincipalDisabled),
        ("UPDATE users SET role = 'clerk'", Reason::Denied),
    ] {
        // The cache does not delay the end.
        let bench = Bench::start(|builder| builder.cache_principals_for(Duration::from_secs(5 * 60))).await;
        let auth = bench.verifier.verify(&bench.token).await.unwrap().require::<Admin>().unwrap();
        let mut guarded = auth.guard(stream::pending::<Result<(), Infallible>>());
        bench.users.run(sql);
        let end = tokio::time::timeout(Duration::from_secs(20), guarded.next()).await.expect("the stream ends");
        let Some(Err(GuardedError::Ended(why))) = end else { panic!("{end:?}") };
        assert_eq!(why.reason(), reason);
        assert_eq!(bench.collected.take().len(), 1);
    }
}

#[tokio::test]
async fn a_renewed_stream_loads_its_principal() {
    let bench = Bench::start(|builder| builder).await;
    let auth: Authenticated<User> = bench.verifier.verify(&bench.token).await.unwrap();
    bench.users.run("DELETE FROM users");
    let renewed = auth.renewed(&bench.token).await.map(drop);
    assert_eq!(renewed, Err(Rejection::InvalidToken(Reason::PrincipalNotFound)));
}

#[test]
fn the_posture_names_the_loader_and_its_cache() {
    let shown = |change: fn(Complete) -> Complete| {
        let users = Users::with_alice_as("admin");
        let service = Service { verifier: build(&users, change).0.unwrap(), runs: Runs::default() };
        AuthRouter::new().route("/admin", get(admin)).with_state::<()>(service).posture().to_string()
    };
    let always = shown(|builder| builder);
    assert!(always.contains("authenticated as User, requires admin by "), "{always}");
    assert!(always.contains("Users, on every request"), "{always}");
    let cached = shown(|builder| builder.cache_principals_for(Duration::from_secs(30)));
    assert!(cached.contains("Users, cached for 30 s"), "{cached}");
}

#[test]
fn a_cache_of_principals_is_bounded() {
    let users = Users::with_alice_as("admin");
    for change in
        [(|builder| builder.cache_principals_for(Duration::from_secs(6 * 60))) as fn(Complete) -> Complete, |builder| {
            builder.cache_principals_for(Duration::from_secs(1)).without_cache()
        }]
    {
        let built = build(&users, change).0.map(drop);
        assert!(matches!(built, Err(ConfigError::OutOfBounds { name: "cache_principals_for", .. })), "{built:?}");
    }
    let (events, _) = Events::collect();
    let without_loader = Verifier::<Claims>::builder()
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .keys(Mint::of(Algorithm::Ed25519).key())
        .events(events)
        .cache_principals_for(Duration::from_secs(1))
        .build();
    assert!(matches!(without_loader, Err(ConfigError::OutOfBounds { name: "cache_principals_for", .. })));
}
