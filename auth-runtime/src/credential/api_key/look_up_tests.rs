//! API keys through the seam that the pipeline uses.

use super::test_store::{Fault, ISSUER, SECOND, Store, id, look_up, reason, unknown, with_other_secret};
use super::{ApiKey, ApiKeyRecord, ApiKeys, MemoryApiKeys};
use crate::credential::carrier::Carrier;
use crate::credential::lookup::{CredentialRecord, CredentialSource};
use crate::rejection::RejectionKind;
use auth_events::Reason;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

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
    let revoked_later = store.mint(|record| record.revoked_at = Some(now + Duration::from_secs(60 * 60)));
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
    let _ = look_up(&kind, &good, now).await.expect("the good key works");
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
        let kind = Store::with(Fault::FindsThis(Box::new(found))).kind();
        let refusal = look_up(&kind, &text, SystemTime::now()).await.expect_err("refused");
        assert_eq!(refusal.rejection.kind(), RejectionKind::Unavailable);
        assert_eq!(refusal.detail.as_deref(), Some(detail));
    }
    let kind = Store::with(Fault::FindsThis(Box::new(record))).kind();
    let _ = look_up(&kind, &text, SystemTime::now()).await.expect("the record itself is good");
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
    let _ = look_up(&kind, &new, until).await.expect("good");
    assert_eq!(look_up(&kind, &old, until).await.unwrap_err().rejection.reason(), Reason::Expired);
    assert_eq!(reason(&kind, &with_other_secret(&old)).await, Reason::BadApiKey);

    // A second rotation ends the first secret.
    let record = store.keys.get(&id(&old)).expect("a record");
    let (key, record) = ApiKey::rotate("acme_live", record, until).expect("a key");
    store.keys.insert(record);
    assert_eq!(reason(&kind, &old).await, Reason::BadApiKey);
    let _ = look_up(&kind, &new, now).await.expect("good");
    let _ = look_up(&kind, &key.show_once(), now).await.expect("good");
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
    let kind = |prefix: &str| ApiKeys::of(ISSUER, prefix, MemoryApiKeys::new());
    kind("acme_live").check().expect("good");
    kind("acme_live").cached_for(Duration::from_secs(5 * 60)).check().expect("good");
    for (bad, message) in [
        (kind("Acme"), "the prefix of API keys is refused: `Acme`: write 2 to 32"),
        (kind("acme").carriers([]), "carriers of the API keys is empty"),
        (kind("acme").cached_for(Duration::from_secs(301)), "use at most 5 minutes"),
    ] {
        let error = bad.check().expect_err(message).to_string();
        assert!(error.contains(message), "{error}");
    }
    assert_eq!(CredentialSource::carriers(&kind("acme")), [Carrier::bearer()]);
}

#[test]
fn the_posture_states_the_prefix_the_store_and_the_cache() {
    let kind = |kind: ApiKeys| kind.posture();
    let keys = || ApiKeys::of(ISSUER, "acme_live", MemoryApiKeys::new());
    assert!(kind(keys()).starts_with("prefix `acme_live`, records of auth_runtime::"), "{}", kind(keys()));
    assert!(kind(keys()).ends_with("::MemoryApiKeys, not cached"), "{}", kind(keys()));
    assert!(kind(keys().cached_for(10 * SECOND)).ends_with("MemoryApiKeys, cached for 10 s"));
}
