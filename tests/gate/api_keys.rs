//! API keys over real sockets: in both carriers, beside tokens, revoked, cached, and in no event.

use crate::support::{
    AUDIENCE, Connection, INVALID_REQUEST, ISSUER, Mint, NOW, PROBLEM_401, Response, Runs, claims,
    deliberate_panics_are_silent, get, get_with, serve,
};
use auth_runtime::api_keys::{ApiKey, ApiKeyRecord, ApiKeyRecords, ApiKeys, MemoryApiKeys, Unavailable};
use auth_runtime::credentials::Carrier;
use auth_runtime::events::{Collected, Reason};
use auth_runtime::keys::Algorithm;
use auth_runtime::revocation::{Revocation, RevocationList};
use auth_runtime::{AuthEvent, AuthRouter, Authenticated, Claims, Events, Verifier, authenticated, routing, scope};
use axum::extract::{FromRef, State};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

const KEY_ISSUER: &str = "https://orders.example.com/keys";

scope!(OrdersRead = "orders:read");

#[derive(Clone, Copy, Default)]
enum Fault {
    #[default]
    None,
    Fails,
    Hangs,
    Panics,
}

#[derive(Default)]
struct Store {
    keys: MemoryApiKeys,
    fault: Mutex<Fault>,
    asked: AtomicUsize,
}

impl ApiKeyRecords for Store {
    async fn find(&self, id: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let fault = *self.fault.lock().unwrap();
        match fault {
            Fault::None => self.keys.find(id).await,
            Fault::Fails => Err(Unavailable::because("the table of keys is locked")),
            Fault::Hangs => std::future::pending().await,
            Fault::Panics => panic!("deliberate"),
        }
    }
}

#[derive(Clone, FromRef)]
struct App {
    verifier: Verifier<Claims>,
    runs: Runs,
}

#[authenticated(requires = OrdersRead)]
async fn orders(auth: Authenticated<Claims, OrdersRead>, State(runs): State<Runs>) -> String {
    runs.count();
    format!("{} {}", auth.iss, auth.sub)
}

struct Bench {
    store: Arc<Store>,
    revoked: RevocationList,
    runs: Runs,
    collected: Collected,
    address: SocketAddr,
}

impl Bench {
    /// Accepts tokens, and keys in `Authorization` and in `X-Api-Key`.
    async fn start(change: impl FnOnce(ApiKeys) -> ApiKeys) -> Self {
        let (store, runs) = (Arc::new(Store::default()), Runs::default());
        let revoked = RevocationList::new(100, Duration::from_secs(48 * 60 * 60));
        let (events, collected) = Events::collect();
        let keys = ApiKeys::of(KEY_ISSUER, "acme_live", Arc::clone(&store))
            .carriers([Carrier::bearer(), Carrier::header("x-api-key")]);
        let verifier = Verifier::<Claims>::builder()
            .issuer(ISSUER)
            .audience(AUDIENCE)
            .keys(Mint::of(Algorithm::Ed25519).key())
            .also_accept(change(keys))
            .events(events)
            .revocations(revoked.clone())
            .time_limit(Duration::from_millis(300))
            .clock(|| SystemTime::UNIX_EPOCH + Duration::from_secs(NOW))
            .build()
            .expect("a verifier");
        let app = AuthRouter::new().route("/orders", routing::get(orders));
        let address = serve(app.with_state(App { verifier, runs: runs.clone() })).await;
        Self { store, revoked, runs, collected, address }
    }

    fn mint(&self, change: impl FnOnce(&mut ApiKeyRecord)) -> (String, String) {
        let (key, mut record) = ApiKey::mint("acme_live", "customer-7").expect("a key");
        record.scopes = vec!["orders:read".to_owned()];
        change(&mut record);
        let id = record.id.clone();
        self.store.keys.insert(record);
        (key.show_once(), id)
    }

    async fn send(&self, request: &str) -> Response {
        Connection::open(self.address).await.exchange(request).await
    }

    async fn accepts(&self, request: &str, caller: &str) {
        let response = self.send(request).await;
        assert_eq!(response.status, 200, "{:?}", self.collected.take());
        assert_eq!(response.text(), caller);
        assert!(self.collected.take().is_empty());
    }

    async fn rejects(&self, request: &str, status: u16, reason: Reason) -> (Response, AuthEvent) {
        let runs = self.runs.so_far();
        let response = self.send(request).await;
        let mut events = self.collected.take();
        assert_eq!(response.status, status, "{events:?}");
        assert_eq!(self.runs.so_far(), runs, "the handler ran");
        assert_eq!(events.len(), 1, "{events:?}");
        assert_eq!(events[0].reason, reason);
        (response, events.remove(0))
    }
}

fn in_header(key: &str) -> String {
    get("/orders").replace("\r\n\r\n", &format!("\r\nx-api-key: {key}\r\n\r\n"))
}

fn bearer(key: &str) -> String {
    get_with("/orders", key)
}

const CUSTOMER: &str = "https://orders.example.com/keys customer-7";

#[tokio::test]
async fn a_key_is_accepted_in_its_carriers_and_beside_tokens() {
    let bench = Bench::start(|keys| keys).await;
    let (key, _) = bench.mint(|_| ());
    let token = Mint::of(Algorithm::Ed25519).token(&claims());
    bench.accepts(&bearer(&key), CUSTOMER).await;
    bench.accepts(&in_header(&key), CUSTOMER).await;
    bench.rejects(&in_header(&token), 401, Reason::MalformedApiKey).await;
    let both = bearer(&token).replace("\r\n\r\n", &format!("\r\nx-api-key: {key}\r\n\r\n"));
    let (response, _) = bench.rejects(&both, 400, Reason::SeveralCredentials).await;
    assert_eq!(response.header("www-authenticate"), Some(INVALID_REQUEST));
    bench.rejects(&bearer(&format!("{key},{key}")), 401, Reason::MalformedApiKey).await;

    let (key, _) = bench.mint(|record| record.scopes.clear());
    let (_, event) = bench.rejects(&bearer(&key), 403, Reason::Denied).await;
    assert_eq!(event.subject.as_deref(), Some("customer-7"));
    assert_eq!(event.issuer.as_ref(), KEY_ISSUER);
}

#[tokio::test]
async fn every_bad_key_gets_the_same_answer_and_is_in_no_event() {
    let bench = Bench::start(|keys| keys).await;
    let clock = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
    let (good, _) = bench.mint(|_| ());
    let (expired, _) = bench.mint(|record| record.expires_at = Some(clock));
    let (revoked, id) = bench.mint(|_| ());
    bench.store.keys.revoke(&id);
    let unknown = || ApiKey::mint("acme_live", "acme").expect("a key").0.show_once();
    let test = ApiKey::mint("acme_test", "acme").expect("a key").0.show_once();
    let mut answers = Vec::new();
    for (key, reason) in [
        (good[..good.len() - 1].to_owned(), Reason::MalformedApiKey),
        (good.replacen("acme_live_", "acme_live_x", 1), Reason::MalformedApiKey),
        (unknown(), Reason::UnknownApiKey),
        (test, Reason::UnknownApiKey),
        (expired, Reason::Expired),
        (revoked, Reason::Revoked),
    ] {
        let (response, event) = bench.rejects(&in_header(&key), 401, reason).await;
        assert_eq!(response.text(), PROBLEM_401);
        let json = serde_json::to_string(&event).expect("JSON");
        for part in key.split('_').filter(|part| part.len() > 5) {
            assert!(!json.contains(part), "{part} in {json}");
        }
        answers.push(response.visible());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[tokio::test]
async fn a_revoked_key_stops_at_the_next_request() {
    let bench = Bench::start(|keys| keys).await;
    let (key, id) = bench.mint(|_| ());
    bench.accepts(&bearer(&key), CUSTOMER).await;
    bench.store.keys.revoke(&id);
    bench.rejects(&bearer(&key), 401, Reason::Revoked).await;
    let (key, id) = bench.mint(|_| ());
    bench.accepts(&bearer(&key), CUSTOMER).await;
    bench.store.keys.remove(&id);
    bench.rejects(&bearer(&key), 401, Reason::UnknownApiKey).await;
}

/// The figure of `performance.md`.
#[tokio::test]
async fn each_request_with_a_key_is_one_look_up() {
    let bench = Bench::start(|keys| keys).await;
    let (key, _) = bench.mint(|_| ());
    for requests in 1..=5 {
        bench.accepts(&bearer(&key), CUSTOMER).await;
        assert_eq!(bench.store.asked.load(Ordering::SeqCst), requests);
    }
}

#[tokio::test]
async fn a_cached_key_asks_the_store_once_and_is_revoked_by_its_id_at_once() {
    let bench = Bench::start(|keys| keys.cached_for(Duration::from_secs(5 * 60))).await;
    let (key, id) = bench.mint(|_| ());
    let (fresh, _) = bench.mint(|record| record.never_cached = true);
    for _ in 0..3 {
        bench.accepts(&bearer(&key), CUSTOMER).await;
    }
    assert_eq!(bench.store.asked.load(Ordering::SeqCst), 1);
    for _ in 0..3 {
        bench.accepts(&bearer(&fresh), CUSTOMER).await;
    }
    assert_eq!(bench.store.asked.load(Ordering::SeqCst), 4);
    bench.revoked.revoke(&Revocation::token(KEY_ISSUER, id)).expect("revoked");
    bench.rejects(&bearer(&key), 401, Reason::Revoked).await;
}

#[tokio::test]
async fn a_store_that_fails_hangs_or_panics_is_503_with_one_event() {
    deliberate_panics_are_silent();
    let bench = Bench::start(|keys| keys).await;
    let (key, _) = bench.mint(|_| ());
    for (fault, reason) in [
        (Fault::Fails, Reason::VerifierUnavailable),
        (Fault::Hangs, Reason::VerifierTimeout),
        (Fault::Panics, Reason::VerifierPanicked),
    ] {
        *bench.store.fault.lock().unwrap() = fault;
        let (response, _) = bench.rejects(&bearer(&key), 503, reason).await;
        assert!(response.header("retry-after").is_some());
        *bench.store.fault.lock().unwrap() = Fault::None;
        bench.accepts(&bearer(&key), CUSTOMER).await;
    }
}

/// Beside tokens in `Authorization`, the event must not be that of a malformed JWT.
#[tokio::test]
async fn a_key_of_another_environment_beside_tokens_is_refused_as_a_key() {
    let bench = Bench::start(|keys| keys).await;
    let test = ApiKey::mint("acme_test", "acme").expect("a key").0.show_once();
    let (_, event) = bench.rejects(&bearer(&test), 401, Reason::UnknownApiKey).await;
    assert_eq!(event.detail.as_deref(), Some("a key of another environment: its prefix is not `acme_live`"));
    assert_eq!(event.issuer.as_ref(), KEY_ISSUER);
    assert!(event.key_id_hash.is_some());
    assert_eq!(bench.store.asked.load(Ordering::SeqCst), 0);
    // A text that only begins as a key of another environment is not one.
    bench.rejects(&bearer("acme_test_x"), 401, Reason::MalformedToken).await;
}

/// The key is in access logs now, whatever its parameter is called.
#[tokio::test]
async fn a_key_in_the_query_is_refused_as_a_token_is() {
    let bench = Bench::start(|keys| keys).await;
    let (good, _) = bench.mint(|_| ());
    let test = ApiKey::mint("acme_test", "acme").expect("a key").0.show_once();
    let typo = format!("{}0", &good[..good.len() - 1]);
    for (target, header) in [
        (format!("/orders?api_key={good}"), None),
        (format!("/orders?a=b&k={good}&c"), None),
        (format!("/orders?={typo}"), None),
        (format!("/orders?key={test}"), None),
        ("/orders?X-Api-Key=acme_live_x".to_owned(), None),
        (format!("/orders?key={good}"), Some(&good)),
    ] {
        let request = header.map_or_else(|| get(&target), |key| get_with(&target, key));
        let (status, reason) = match header {
            None => (401, Reason::TokenInQuery),
            Some(_) => (400, Reason::SeveralCredentials),
        };
        let (_, event) = bench.rejects(&request, status, reason).await;
        let json = serde_json::to_string(&event).expect("JSON");
        assert!(good.split('_').filter(|part| part.len() > 5).all(|part| !json.contains(part)), "{json}");
    }
    assert_eq!(bench.store.asked.load(Ordering::SeqCst), 0);
    for query in ["q=acme_live_orders", "prefix=acme_live", "id=0123456789abcdefABCDEF", "x-api-key=a", "a_b_c_d"] {
        bench.accepts(&get_with(&format!("/orders?{query}"), &good), CUSTOMER).await;
    }
}

/// Also of a key that was found, so that all events of a key can be grouped.
#[tokio::test]
async fn each_event_about_a_key_has_the_hash_of_its_id() {
    let bench = Bench::start(|keys| keys.cached_for(Duration::from_secs(10))).await;
    let (key, id) = bench.mint(|record| record.scopes.clear());
    let (_, denied) = bench.rejects(&bearer(&key), 403, Reason::Denied).await;
    bench.revoked.revoke(&Revocation::token(KEY_ISSUER, &id)).expect("revoked");
    let (_, cached) = bench.rejects(&bearer(&key), 401, Reason::Revoked).await;
    bench.store.keys.revoke(&id);
    let (_, found) = bench.rejects(&bearer(&key), 401, Reason::Revoked).await;
    assert!(denied.key_id_hash.is_some());
    assert_eq!([&cached.key_id_hash, &found.key_id_hash], [&denied.key_id_hash; 2]);
}
