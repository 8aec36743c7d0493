//! API keys through the seam that the pipeline uses.

use super::text::KeyText;
use super::{ApiKey, ApiKeyRecord, ApiKeyRecords, ApiKeys, MemoryApiKeys, Unavailable};
use crate::credential::carrier::Carrier;
use crate::credential::lookup::{CredentialRecord, CredentialSource};
use crate::rejection::{Refusal, RejectionKind, isolate};
use auth_events::Reason;
use futures_util::future::join_all;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};
use tokio::sync::Notify;

const ISSUER: &str = "https://orders.example.com/keys";
const SECOND: Duration = Duration::from_secs(1);

/// A store that counts its look-ups, and can be made to wait, to fail and to panic.
#[derive(Default)]
struct Store {
    keys: MemoryApiKeys,
    asked: AtomicUsize,
    used: AtomicUsize,
    fault: Fault,
    /// With [`Fault::Waits`], each look-up waits for a permit.
    go: Notify,
    entered: Notify,
}

#[derive(Default)]
enum Fault {
    #[default]
    None,
    Fails,
    Panics,
    Waits,
    /// As a store that ignores case, or mixes up its rows.
    FindsThis(ApiKeyRecord),
    UsedPanics,
    UsedHangs,
}

impl Store {
    fn with(fault: Fault) -> Arc<Self> {
        Arc::new(Self { fault, ..Self::default() })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn mint(&self, change: impl FnOnce(&mut ApiKeyRecord)) -> String {
        let (key, mut record) = ApiKey::mint("acme_live", "customer-7").expect("a key");
        change(&mut record);
        self.keys.insert(record);
        key.show_once()
    }

    fn kind(self: &Arc<Self>) -> ApiKeys {
        ApiKeys::of(ISSUER, "acme_live", Arc::clone(self))
    }
}

impl ApiKeyRecords for Store {
    async fn find(&self, id: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.entered.notify_one();
        match &self.fault {
            Fault::Fails => return Err(Unavailable::because("the database is closed")),
            Fault::Panics => panic!("a bug in the store"),
            Fault::Waits => self.go.notified().await,
            Fault::FindsThis(record) => return Ok(Some(record.clone())),
            Fault::None | Fault::UsedPanics | Fault::UsedHangs => {}
        }
        self.keys.find(id).await
    }

    async fn used(&self, id: &str, when: SystemTime) {
        self.used.fetch_add(1, Ordering::SeqCst);
        self.entered.notify_one();
        match &self.fault {
            Fault::UsedPanics => panic!("a bug in the store"),
            Fault::UsedHangs => std::future::pending().await,
            _ => self.keys.used(id, when).await,
        }
    }
}

/// As the pipeline does: isolated, with a time limit.
async fn look_up(kind: &ApiKeys, text: &str, now: SystemTime) -> Result<CredentialRecord, Refusal> {
    isolate(Duration::from_secs(5), async { kind.look_up(text, now).await }).await
}

async fn reason(kind: &ApiKeys, text: &str) -> Reason {
    look_up(kind, text, SystemTime::now()).await.expect_err("refused").rejection.reason()
}

/// A key with a right checksum that was never minted.
fn unknown() -> String {
    ApiKey::mint("acme_live", "acme").expect("a key").0.show_once()
}

/// The id of one key with the secret of another.
fn with_other_secret(text: &str) -> String {
    let other = unknown();
    let secret = KeyText::read(&other).expect("a key").secret;
    KeyText::write("acme_live", KeyText::read(text).expect("a key").id, secret)
}

fn id(text: &str) -> String {
    KeyText::read(text).expect("a key").id.to_owned()
}

#[tokio::test]
async fn a_key_has_the_owner_and_all_else_of_its_record() {
    let store = Store::with(Fault::None);
    let now = SystemTime::now();
    let text = store.mint(|record| {
        record.scopes = vec!["orders:read".to_owned(), "orders:write".to_owned()];
        record.expires_at = Some(now + SECOND);
        record.issued_at = Some(now - SECOND);
        record.claims.insert("plan".to_owned(), "enterprise".into());
    });
    let found = look_up(&store.kind(), &text, now).await.expect("a record");
    let expected = CredentialRecord::of("customer-7")
        .scopes(["orders:read", "orders:write"])
        .id(id(&text))
        .issued_at(now - SECOND)
        .expires_at(now + SECOND)
        .claim("plan", "enterprise");
    assert_eq!(found, expected);

    let text = store.mint(|record| record.never_cached = true);
    let found = look_up(&store.kind(), &text, now).await.expect("a record");
    assert_eq!(
        found,
        CredentialRecord { issued_at: found.issued_at, ..CredentialRecord::of("customer-7") }
            .id(id(&text))
            .never_cached()
    );
}

#[tokio::test]
async fn a_bad_key_is_refused_with_its_reason_and_one_answer() {
    let store = Store::with(Fault::None);
    let (kind, now) = (store.kind(), SystemTime::now());
    let good = store.mint(|_| ());
    let expired = store.mint(|record| record.expires_at = Some(now));
    let revoked = store.mint(|record| record.revoked_at = Some(now));
    let revoked_later = store.mint(|record| record.revoked_at = Some(now + Duration::from_hours(1)));
    let deleted = store.mint(|_| ());
    store.keys.remove(&id(&deleted));
    for (text, reason) in [
        (good[..good.len() - 1].to_owned(), Reason::MalformedApiKey),
        (good.replace("_live", "_love"), Reason::MalformedApiKey),
        (String::new(), Reason::MalformedApiKey),
        ("e30.e30.e30".to_owned(), Reason::MalformedApiKey),
        ("acme_live_".to_owned(), Reason::MalformedApiKey),
        ("_".repeat(1 << 20), Reason::MalformedApiKey),
        (unknown(), Reason::UnknownApiKey),
        (deleted, Reason::UnknownApiKey),
        (ApiKey::mint("acme_test", "acme").expect("a key").0.show_once(), Reason::UnknownApiKey),
        (with_other_secret(&good), Reason::BadApiKey),
        // P8: the state of a key is not told to a caller without its secret, not even to the event.
        (with_other_secret(&expired), Reason::BadApiKey),
        (with_other_secret(&revoked), Reason::BadApiKey),
        (expired, Reason::Expired),
        (revoked, Reason::Revoked),
        (revoked_later, Reason::Revoked),
    ] {
        let refusal = look_up(&kind, &text, now).await.expect_err("refused");
        assert_eq!(refusal.rejection.reason(), reason, "{text}");
        assert_eq!(refusal.rejection.kind(), RejectionKind::InvalidToken, "{text}");
        let has_owner = matches!(reason, Reason::Expired | Reason::Revoked);
        assert_eq!(refusal.subject.as_deref(), has_owner.then_some("customer-7"), "{text}");
        assert_eq!(refusal.key_id_hash.is_some(), reason != Reason::MalformedApiKey, "{text}");
    }
    look_up(&kind, &good, now).await.expect("the good key works");
}

#[tokio::test]
async fn nothing_of_a_key_is_in_a_refusal() {
    let store = Store::with(Fault::None);
    let (kind, now) = (store.kind(), SystemTime::now());
    let good = store.mint(|_| ());
    let test = ApiKey::mint("acme_test", "acme").expect("a key").0.show_once();
    let expired = store.mint(|record| record.expires_at = Some(now));
    for text in [with_other_secret(&good), unknown(), expired, test, good.replace("_live", "_love")] {
        let refusal = format!("{:?}", look_up(&kind, &text, now).await.expect_err("refused"));
        for part in text.split('_').filter(|part| part.len() > 5) {
            assert!(!refusal.contains(part), "{part}: {refusal}");
        }
    }
    let debug = format!("{kind:?} {:?}", store.keys);
    assert!(!debug.contains(&id(&good)) && !debug.contains("customer"), "{debug}");
}

#[tokio::test]
async fn a_typo_and_another_environment_cost_no_look_up() {
    let store = Store::with(Fault::None);
    let good = store.mint(|_| ());
    let test = ApiKey::mint("acme_test", "acme").expect("a key").0.show_once();
    let kind = store.kind();
    let refusal = look_up(&kind, &test, SystemTime::now()).await.expect_err("refused");
    assert_eq!(refusal.detail.as_deref(), Some("a key of another environment: its prefix is not `acme_live`"));
    reason(&kind, &good[..good.len() - 1]).await;
    assert_eq!(store.asked(), 0);
    reason(&kind, &unknown()).await;
    assert_eq!(store.asked(), 1);
}

#[tokio::test]
async fn a_store_that_fails_hangs_or_panics_gives_503() {
    tokio::time::pause();
    for (fault, reason, detail) in [
        (Fault::Fails, Reason::VerifierUnavailable, Some("the database is closed")),
        (Fault::Panics, Reason::VerifierPanicked, None),
        (Fault::Waits, Reason::VerifierTimeout, None),
    ] {
        let store = Store::with(fault);
        let (text, kind) = (store.mint(|_| ()), store.kind());
        // Twice, because a failure must not leave a state that rejects or admits the next request.
        for _ in 0..2 {
            let refusal = look_up(&kind, &text, SystemTime::now()).await.expect_err("refused");
            assert_eq!(refusal.rejection.reason(), reason);
            assert_eq!(refusal.rejection.kind(), RejectionKind::Unavailable);
            assert_eq!(refusal.detail.as_deref(), detail);
        }
        assert_eq!(store.asked(), 2);
    }
}

#[tokio::test]
async fn a_record_that_cannot_be_right_gives_503() {
    let (key, record) = ApiKey::mint("acme_live", "customer-7").expect("a key");
    let text = key.show_once();
    // The secret fits, and the id differs in its case only.
    let swapped: String = record
        .id
        .chars()
        .map(|c| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
        .collect();
    let other_id = ApiKeyRecord { id: swapped, ..record.clone() };
    let no_owner = ApiKeyRecord { owner: " ".to_owned(), ..record.clone() };
    for (found, detail) in [
        (other_id, "the store found a record with another id: compare ids byte by byte"),
        (no_owner, "the record has no owner: set it"),
    ] {
        let kind = Store::with(Fault::FindsThis(found)).kind();
        let refusal = look_up(&kind, &text, SystemTime::now()).await.expect_err("refused");
        assert_eq!(refusal.rejection.kind(), RejectionKind::Unavailable);
        assert_eq!(refusal.detail.as_deref(), Some(detail));
    }
    let kind = Store::with(Fault::FindsThis(record)).kind();
    look_up(&kind, &text, SystemTime::now()).await.expect("the record itself is good");
}

#[tokio::test]
async fn a_flood_of_an_unknown_id_costs_one_look_up_a_second() {
    let store = Store::with(Fault::None);
    let (kind, now, text) = (store.kind(), SystemTime::now(), unknown());
    for second in 0..3 {
        let now = now + second * SECOND;
        let flood = join_all((0..1000).map(|_| look_up(&kind, &text, now))).await;
        assert!(flood.iter().all(Result::is_err));
        // Another secret does not help.
        assert_eq!(
            look_up(&kind, &with_other_secret(&text), now).await.unwrap_err().rejection.reason(),
            Reason::UnknownApiKey
        );
        assert_eq!(store.asked(), 1 + second as usize);
    }
}

#[tokio::test]
async fn requests_for_an_unknown_id_wait_for_one_look_up() {
    let store = Store::with(Fault::Waits);
    let (kind, text, now) = (store.kind(), unknown(), SystemTime::now());
    let requests = join_all((0..100).map(|_| look_up(&kind, &text, now)));
    let answer = async {
        store.entered.notified().await;
        store.go.notify_one();
    };
    let (refused, ()) = tokio::join!(requests, answer);
    assert!(
        refused.iter().all(|refused| refused.as_ref().is_err_and(|r| r.rejection.reason() == Reason::UnknownApiKey))
    );
    assert_eq!(store.asked(), 1);
}

#[tokio::test]
async fn a_client_that_goes_away_does_not_hold_up_the_others() {
    let store = Store::with(Fault::Waits);
    let (kind, text, now) = (store.kind(), store.mint(|_| ()), SystemTime::now());
    let mut first = Box::pin(look_up(&kind, &text, now));
    tokio::select! {
        biased;
        _ = &mut first => panic!("the store waits"),
        () = store.entered.notified() => {}
    }
    let second = look_up(&kind, &text, now);
    let gone = async {
        drop(first);
        store.entered.notified().await;
        store.go.notify_one();
    };
    let (second, ()) = tokio::join!(second, gone);
    second.expect("the second request asked by itself");
}

#[tokio::test]
async fn ids_are_kept_in_bounded_memory() {
    let store = Store::with(Fault::None);
    let (kind, now) = (store.kind(), SystemTime::now());
    for _ in 0..12_000 {
        assert!(look_up(&kind, &unknown(), now).await.is_err());
    }
    assert_eq!(store.asked(), 12_000);
    assert!(kind.finder.len() <= 10_000, "{}", kind.finder.len());
}

#[tokio::test]
async fn a_revoked_or_deleted_key_stops_at_the_next_request() {
    let store = Store::with(Fault::None);
    let (kind, now) = (store.kind(), SystemTime::now());
    let (revoked, deleted) = (store.mint(|_| ()), store.mint(|_| ()));
    for text in [&revoked, &deleted] {
        look_up(&kind, text, now).await.expect("good");
        look_up(&kind, text, now).await.expect("good");
    }
    store.keys.revoke(&id(&revoked));
    store.keys.remove(&id(&deleted));
    assert_eq!(reason(&kind, &revoked).await, Reason::Revoked);
    assert_eq!(reason(&kind, &deleted).await, Reason::UnknownApiKey);
}

/// A look-up that was on its way before a revocation must not answer a request after it.
#[tokio::test]
async fn a_request_after_a_revocation_does_not_use_an_answer_from_before() {
    let store = Store::with(Fault::Waits);
    let (kind, text, now) = (store.kind(), store.mint(|_| ()), SystemTime::now());
    let first = look_up(&kind, &text, now);
    let second = async {
        store.entered.notified().await;
        let record = look_up(&kind, &text, now);
        let revoke = async {
            // The first answer is read before, and the second one after the revocation.
            store.go.notify_one();
            store.entered.notified().await;
            store.keys.revoke(&id(&text));
            store.go.notify_one();
        };
        tokio::join!(record, revoke).0
    };
    let (first, second) = tokio::join!(first, second);
    first.expect("good");
    assert_eq!(second.expect_err("revoked").rejection.reason(), Reason::Revoked);
}

#[tokio::test]
async fn a_rotation_accepts_the_old_secret_until_its_time() {
    let store = Store::with(Fault::None);
    let (kind, now) = (store.kind(), SystemTime::now());
    let until = now + 10 * SECOND;
    let old = store.mint(|record| record.expires_at = Some(now + 20 * SECOND));
    let record = store.keys.get(&id(&old)).expect("a record");
    let (key, record) = ApiKey::rotate("acme_live", record, until).expect("a key");
    store.keys.insert(record);
    let new = key.show_once();
    // A proof of the old secret ends with it, also where it is cached or opens a stream.
    assert_eq!(look_up(&kind, &old, now).await.expect("good").expires_at, Some(until));
    assert_eq!(look_up(&kind, &new, now).await.expect("good").expires_at, Some(now + 20 * SECOND));
    look_up(&kind, &new, until).await.expect("good");
    assert_eq!(look_up(&kind, &old, until).await.unwrap_err().rejection.reason(), Reason::Expired);
    assert_eq!(reason(&kind, &with_other_secret(&old)).await, Reason::BadApiKey);

    // A second rotation ends the first secret.
    let record = store.keys.get(&id(&old)).expect("a record");
    let (key, record) = ApiKey::rotate("acme_live", record, until).expect("a key");
    store.keys.insert(record);
    assert_eq!(reason(&kind, &old).await, Reason::BadApiKey);
    look_up(&kind, &new, now).await.expect("good");
    look_up(&kind, &key.show_once(), now).await.expect("good");
}

#[tokio::test]
async fn the_use_of_a_key_is_reported_once_a_minute_and_never_fails_a_request() {
    for fault in [Fault::None, Fault::UsedPanics, Fault::UsedHangs] {
        let store = Store::with(fault);
        let (kind, text, now) = (store.kind(), store.mint(|_| ()), SystemTime::now());
        for _ in 0..100 {
            look_up(&kind, &text, now).await.expect("good");
            tokio::task::yield_now().await;
        }
        assert!(look_up(&kind, &with_other_secret(&text), now + 61 * SECOND).await.is_err());
        tokio::task::yield_now().await;
        assert_eq!(store.used.load(Ordering::SeqCst), 1);
        look_up(&kind, &text, now + 60 * SECOND).await.expect("good");
        tokio::task::yield_now().await;
        assert_eq!(store.used.load(Ordering::SeqCst), 2);
        if matches!(store.fault, Fault::None) {
            assert_eq!(store.keys.last_used(&id(&text)), Some(now + 60 * SECOND));
        }
    }
}

#[test]
fn the_form_chooses_the_kind() {
    let store = Store::with(Fault::None);
    let live = store.mint(|_| ());
    let kind = store.kind();
    assert!(kind.has_distinct_form());
    assert!(kind.has_form(&live));
    // Also one that is cut off, or pasted with a typo: the event names the kind.
    assert!(kind.has_form(&live[..20]) && kind.has_form("acme_live_"));
    for other in ["", "acme_live", "acme_lively_x", "e30.e30.e30", "acme_test_x", "xacme_live_x"] {
        assert!(!kind.has_form(other), "{other}");
    }
    let shorter = ApiKeys::of(ISSUER, "acme", Arc::clone(&store));
    assert!(!shorter.has_form(&live), "the key of another prefix");
    assert!(shorter.has_form(&ApiKey::mint("acme", "acme").expect("a key").0.show_once()));
}

#[test]
fn a_configuration_is_checked_at_start() {
    let kind = |issuer: &str, prefix: &str| ApiKeys::of(issuer, prefix, MemoryApiKeys::new());
    kind(ISSUER, "acme_live").check().expect("good");
    kind(ISSUER, "acme_live").cached_for(Duration::from_mins(5)).check().expect("good");
    for (bad, message) in [
        (kind("", "acme"), "the issuer of the API keys is empty: set it"),
        (kind("my keys", "acme"), "without white space"),
        (kind("a\u{200b}", "acme"), "the issuer of the API keys is refused"),
        (kind(ISSUER, "Acme"), "the prefix of API keys is refused: `Acme`: write 2 to 32"),
        (kind(ISSUER, "acme").carriers([]), "carriers of the API keys is empty"),
        (kind(ISSUER, "acme").cached_for(Duration::from_secs(301)), "use at most 5 minutes"),
    ] {
        let error = bad.check().expect_err(message).to_string();
        assert!(error.contains(message), "{error}");
    }
    assert_eq!(kind(ISSUER, "acme").carriers(), [Carrier::bearer()]);
}

#[test]
fn the_posture_states_the_prefix_the_store_and_the_cache() {
    let kind = |kind: ApiKeys| kind.posture();
    let keys = || ApiKeys::of(ISSUER, "acme_live", MemoryApiKeys::new());
    assert!(kind(keys()).starts_with("prefix `acme_live`, records of auth_runtime::"), "{}", kind(keys()));
    assert!(kind(keys()).ends_with("::MemoryApiKeys, not cached"), "{}", kind(keys()));
    assert!(kind(keys().cached_for(10 * SECOND)).ends_with("MemoryApiKeys, cached for 10 s"));
}
