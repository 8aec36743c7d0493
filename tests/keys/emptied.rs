//! Tests a published key set without a usable key.
//!
//! An issuer publishes one after a compromise, to revoke everything that it signed.

use super::{SHORT, eager, mint, server, until};
use crate::support::{ISSUER, KID, Mint, Publisher, Reply, Server, claims, get_with, header, with, without};
use auth_runtime::credentials::TrustedIssuer;
use auth_runtime::events::{NoticeKind, Reason};
use auth_runtime::keys::Algorithm;
use auth_runtime::{ConfigError, KeySet};
use serde_json::{Value, json};
use std::time::Duration;

fn next() -> &'static Mint {
    Mint::untrusted(Algorithm::Ed25519)
}

/// Returns well-formed sets without a key that may verify a token.
fn without_a_usable_key() -> Vec<(&'static str, Value)> {
    let encrypts = with(mint().published(KID), "use", "enc");
    let wraps = with(mint().published(KID), "key_ops", json!(["wrapKey"]));
    let unknown_kty = with(mint().published(KID), "kty", "PQC");
    let unknown_crv = with(mint().published(KID), "crv", "Ed448");
    let unknown_alg = with(mint().published(KID), "alg", "ML-DSA-65");
    let weak = json!({"kty": "RSA", "kid": KID, "alg": "RS256", "n": "AQAB", "e": "AQAB"});
    let secret = json!({"kty": "oct", "kid": KID, "alg": "HS256", "k": "bm90IGEgc2VjcmV0IGFueW1vcmUsIGlzIGl0PyBubyE"});
    let private = with(mint().published(KID), "d", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    let small_order = with(mint().published(KID), "x", "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    let unnamed = with(mint().published(KID), "kid", "");
    let mixed = json!([encrypts, unknown_kty, weak, secret, json!({}), json!("key"), json!(null), private]);
    vec![
        ("no keys", json!({"keys": []})),
        ("no keys, beside other members", json!({"keys": [], "next_update": "2026-12-01"})),
        ("only for encryption", json!({"keys": [encrypts, wraps]})),
        ("only unknown key types", json!({"keys": [unknown_kty, unknown_crv, unknown_alg]})),
        ("only too weak", json!({"keys": [weak, small_order]})),
        ("only a secret", json!({"keys": [secret]})),
        ("only a private key", json!({"keys": [private]})),
        ("two keys with one `kid`", json!({"keys": [mint().published(KID), next().published(KID)]})),
        ("an empty name", json!({"keys": [unnamed]})),
        ("members that are not objects", json!({"keys": ["key", 1, null, [], true]})),
        ("empty objects", json!({"keys": [{}, {}]})),
        ("every kind of unusable key", json!({"keys": mixed})),
    ]
}

#[tokio::test]
async fn a_set_without_a_usable_key_replaces_the_keys_at_once() {
    for (what, set) in without_a_usable_key() {
        let publisher = Publisher::of(&[mint().published(KID)]);
        let server = server(eager(&publisher).refresh_between(SHORT, SHORT).await.unwrap()).await;
        let cached = server.good();
        for _ in 0..3 {
            server.accepts(&cached).await;
        }
        publisher.answer("/jwks", Reply::json(&set));
        let notice = server.notice(NoticeKind::KeySetEmptied).await;
        assert_eq!(notice.issuer.as_deref(), Some(ISSUER), "{what}");
        assert!(notice.detail.contains("401") && notice.detail.contains("/jwks"), "{what}: {}", notice.detail);
        for _ in 0..3 {
            server.refuses(&cached, Reason::UnknownKey).await;
        }
        let newly_signed = mint().token(&with(claims(), "jti", "after"));
        server.refuses(&newly_signed, Reason::UnknownKey).await;
        server
            .refuses(&mint().token_with(&without(header(Algorithm::Ed25519), "kid"), &claims()), Reason::UnknownKey)
            .await;
        let kinds: Vec<_> = server.notices().iter().map(|notice| notice.notice).collect();
        assert!(kinds.iter().all(|kind| *kind == NoticeKind::KeySkipped), "{what}: {kinds:?}");
    }
}

#[tokio::test]
async fn an_emptied_set_makes_one_notice_until_it_has_a_key_again() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let server = server(eager(&publisher).refresh_between(SHORT, SHORT).await.unwrap()).await;
    publisher.answer("/jwks", Reply::json(&json!({"keys": []})).header("etag", "\"empty\""));
    server.notice(NoticeKind::KeySetEmptied).await;
    let read = publisher.requests("/jwks");
    // The requests after the first get 304.
    until("several readings", || publisher.requests("/jwks") > read + 4).await;
    server.refuses(&server.good(), Reason::UnknownKey).await;
    // A different document without keys is still an empty set.
    publisher.answer("/jwks", Reply::json(&json!({"keys": [with(mint().published(KID), "use", "enc")]})));
    let read = publisher.requests("/jwks");
    until("several readings", || publisher.requests("/jwks") > read + 2).await;
    server.refuses(&server.good(), Reason::UnknownKey).await;
    assert!(server.notices().is_empty(), "an emptied set makes one notice");

    publisher.publish(&[next().published("next")]);
    let notice = server.notice(NoticeKind::KeySetChanged).await;
    assert_eq!(notice.detail, "1 keys, 1 of them new; 0 removed");
    server.accepts(&next().token_of("next", &claims())).await;
    server.refuses(&server.good(), Reason::UnknownKey).await;
}

#[tokio::test]
async fn an_outage_does_not_restore_the_keys_before_an_emptied_set() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let server = server(eager(&publisher).refresh_between(SHORT, SHORT).await.unwrap()).await;
    let cached = server.good();
    server.accepts(&cached).await;
    publisher.answer("/jwks", Reply::json(&json!({"keys": []})));
    server.notice(NoticeKind::KeySetEmptied).await;
    for outage in [Reply::status(500), Reply::status(304), Reply::bytes("<html>"), Reply::json(&json!({"keys": {}}))] {
        publisher.answer("/jwks", outage);
        server.notice(NoticeKind::KeySetUnavailable).await;
        // The issuer may have published a key meanwhile, so the verifier cannot decide.
        server.answers_503(&cached).await;
        publisher.answer("/jwks", Reply::json(&json!({"keys": []})));
        server.notice(NoticeKind::KeySetRestored).await;
        server.refuses(&cached, Reason::UnknownKey).await;
    }
    assert!(server.notices().iter().all(|notice| notice.notice != NoticeKind::KeySetEmptied));
}

#[tokio::test]
async fn a_bad_key_beside_a_good_one_does_not_empty_the_set() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let server = server(eager(&publisher).refresh_between(SHORT, SHORT).await.unwrap()).await;
    publisher.publish(&[json!("key"), json!({"kty": 5}), mint().published(KID)]);
    server.notice(NoticeKind::KeySkipped).await;
    server.accepts_the_good_token().await;
    assert!(server.notices().iter().all(|notice| notice.notice != NoticeKind::KeySetEmptied));
}

#[tokio::test]
async fn an_emptied_set_does_not_affect_another_issuer() {
    let (first, second) = (Publisher::of(&[mint().published(KID)]), Publisher::of(&[next().published("b")]));
    let often = |publisher: &Publisher| eager(publisher).refresh_between(SHORT, SHORT);
    let (keys, others) = (often(&first).await.unwrap(), often(&second).await.unwrap());
    let server = Server::with(Algorithm::Ed25519)
        .keys(keys)
        .verifier(|builder| builder.also_trust(TrustedIssuer::new("https://b.example/", others)))
        .start()
        .await;
    let of_second = next().token_of("b", &with(claims(), "iss", "https://b.example/"));
    server.accepts(&of_second).await;
    server.accepts_the_good_token().await;
    first.answer("/jwks", Reply::json(&json!({"keys": []})));
    assert_eq!(server.notice(NoticeKind::KeySetEmptied).await.issuer.as_deref(), Some(ISSUER));
    server.refuses(&server.good(), Reason::UnknownKey).await;
    server.accepts(&of_second).await;
}

#[tokio::test]
async fn a_set_without_a_usable_key_is_an_error_at_start_that_names_it() {
    for (what, set) in without_a_usable_key() {
        let publisher = Publisher::start();
        publisher.answer("/jwks", Reply::json(&set));
        let error = KeySet::remote(publisher.url("/jwks")).await.expect_err(what);
        assert!(matches!(error, ConfigError::KeySetEmpty { .. }), "{what}: {error:?}");
        let message = error.to_string();
        for part in ["no key for signatures", "start_degraded", &publisher.url("/jwks")] {
            assert!(message.contains(part), "{what}: {part} in {message}");
        }
    }
}

#[tokio::test]
async fn a_degraded_start_with_an_empty_set_answers_401_until_there_is_a_key() {
    let publisher = Publisher::start();
    publisher.answer("/jwks", Reply::json(&json!({"keys": []})));
    let server = server(eager(&publisher).refresh_between(SHORT, SHORT).start_degraded().unwrap()).await;
    server.notice(NoticeKind::KeySetEmptied).await;
    server.refuses(&server.good(), Reason::UnknownKey).await;
    publisher.publish(&[mint().published(KID)]);
    server.notice(NoticeKind::KeySetChanged).await;
    server.accepts_the_good_token().await;
}

/// The events of a verifier that was built after the set was emptied.
#[tokio::test]
async fn a_stream_that_starts_after_a_set_was_emptied_gets_the_notice() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let keys = eager(&publisher).refresh_between(SHORT, SHORT).await.unwrap();
    let first = server(keys.clone()).await;
    publisher.answer("/jwks", Reply::json(&json!({"keys": []})));
    first.notice(NoticeKind::KeySetEmptied).await;
    let second = server(keys).await;
    second.notice(NoticeKind::KeySetEmptied).await;
}

#[tokio::test]
async fn no_token_is_accepted_after_the_fetch_that_found_the_set_empty() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let server = server(eager(&publisher).refresh_between(SHORT, SHORT).await.unwrap()).await;
    let good = server.good();
    publisher.answer("/jwks", Reply::json(&json!({"keys": []})));
    let begun = std::time::Instant::now();
    while server.exchange(get_with("/me", &good)).await.status == 200 {
        assert!(begun.elapsed() < Duration::from_secs(60), "a token of the removed key is still accepted");
    }
    for _ in 0..20 {
        assert_eq!(server.exchange(get_with("/me", &good)).await.status, 401);
    }
}
