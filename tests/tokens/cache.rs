//! Tests that the cache keeps only results that cannot change (INC-73, INC-75).

use crate::support::{AUDIENCE, ISSUER, KID, Mint, NOW, Publisher, Server, claims, get_with, header, segments, with};
use auth_runtime::events::{NoticeKind, Reason};
use auth_runtime::keys::Algorithm;
use auth_runtime::revocation::{Revocation, RevocationList};
use auth_runtime::{Events, KeySet, Verifier};
use serde::Deserialize;
use std::cell::Cell;
use std::time::Duration;

/// Returns claims with a long common beginning before the name.
fn claims_with_late_name(subject: &str) -> String {
    let rest = claims().to_string();
    let rest = rest.replace(r#""sub":"alice""#, &format!(r#""zzz":1,"sub":"{subject}""#));
    format!(r#"{{"a":"{}",{}"#, "x".repeat(2000), &rest[1..])
}

#[tokio::test]
async fn t52_inc_73_tokens_with_the_same_beginning_are_two_callers() {
    for algorithm in [Algorithm::HS256, Algorithm::RS256, Algorithm::Ed25519] {
        let server = Server::with(algorithm).start().await;
        let token = |subject: &str| server.mint.signed(header(algorithm).to_string(), claims_with_late_name(subject));
        let (alice, bob) = (token("alice"), token("bobby"));
        let common = alice.bytes().zip(bob.bytes()).take_while(|(one, other)| one == other).count();
        assert!(common > 2000 && alice.len() == bob.len(), "{common} of {}", alice.len());
        for (token, name) in [(&alice, "alice"), (&bob, "bobby")].repeat(3) {
            let response = server.exchange(get_with("/me", token)).await;
            assert_eq!((response.status, response.text()), (200, name), "{algorithm}");
        }
        // A good token does not make one with the same beginning or end good.
        let ([header, alices, of_alice], [_, bobs, of_bob]) = (segments(&alice), segments(&bob));
        server
            .refuses_each([
                (format!("{header}.{bobs}.{of_alice}"), Reason::BadSignature),
                (format!("{header}.{alices}.{of_bob}"), Reason::BadSignature),
                (format!("{header}.{alices}.{}", segments(&server.good())[2]), Reason::BadSignature),
            ])
            .await;
    }
}

#[tokio::test]
async fn t52_inc_75_a_forged_token_is_rejected_the_second_time_too() {
    let server = Server::start().await;
    let forged = Mint::untrusted(Algorithm::Ed25519).token(&claims());
    for _ in 0..3 {
        server.refuses(&forged, Reason::BadSignature).await;
        server.accepts_the_good_token().await;
    }
}

#[tokio::test]
async fn t52_a_cached_token_is_rejected_once_it_has_expired() {
    let server = Server::start().await;
    let token = server.good();
    for _ in 0..3 {
        server.accepts(&token).await;
    }
    server.clock.set(NOW + 330);
    for _ in 0..3 {
        server.refuses(&token, Reason::Expired).await;
    }
}

#[tokio::test]
async fn t52_a_cached_token_is_rejected_once_its_key_is_removed() {
    let mint = Mint::of(Algorithm::Ed25519);
    let other = Mint::untrusted(Algorithm::Ed25519);
    let publisher = Publisher::of(&[mint.published(KID), other.published("other")]);
    let often = Duration::from_millis(50);
    let keys = KeySet::remote(publisher.url("/jwks")).cooldown(often).refresh_between(often, often);
    let server = Server::with(Algorithm::Ed25519).keys(keys.await.expect("keys")).start().await;
    let token = server.good();
    for _ in 0..3 {
        server.accepts(&token).await;
    }
    publisher.publish(&[other.published("other")]);
    server.notice(NoticeKind::KeySetChanged).await;
    for _ in 0..3 {
        server.refuses(&token, Reason::UnknownKey).await;
    }
    server.accepts(&other.token_of("other", &claims())).await;
}

/// The keys exchange their `kid`: a result verified with one key must not be used for the other.
#[tokio::test]
async fn t52_a_cached_token_is_rejected_once_its_kid_names_another_key() {
    let mint = Mint::of(Algorithm::Ed25519);
    let other = Mint::untrusted(Algorithm::Ed25519);
    let publisher = Publisher::of(&[mint.published(KID), other.published("other")]);
    let often = Duration::from_millis(50);
    let keys = KeySet::remote(publisher.url("/jwks")).cooldown(often).refresh_between(often, often);
    let server = Server::with(Algorithm::Ed25519).keys(keys.await.expect("keys")).start().await;
    let token = server.good();
    for _ in 0..3 {
        server.accepts(&token).await;
    }
    publisher.publish(&[mint.published("other"), other.published(KID)]);
    server.notice(NoticeKind::KeySetChanged).await;
    for _ in 0..3 {
        server.refuses(&token, Reason::BadSignature).await;
    }
    server.accepts(&mint.token_of("other", &claims())).await;
}

#[tokio::test]
async fn t52_t50_a_cached_token_is_rejected_once_it_is_revoked() {
    let revoked = RevocationList::default();
    let asked = revoked.clone();
    let server = Server::with(Algorithm::Ed25519).verifier(move |builder| builder.revocations(asked)).start().await;
    let (token, other) = (server.good(), server.mint.token(&with(claims(), "jti", "another")));
    for _ in 0..3 {
        server.accepts(&token).await;
        server.accepts(&other).await;
    }
    revoked.revoke(&Revocation::token(ISSUER, claims()["jti"].as_str().unwrap())).unwrap();
    for _ in 0..3 {
        assert_eq!(server.exchange(get_with("/me", &token)).await.status, 401);
        assert_eq!(server.only_event().reason, Reason::Revoked);
        server.accepts(&other).await;
    }
}

/// A permission that was granted once is not an answer for another permission.
#[tokio::test]
async fn t52_t29_a_cached_token_lacks_the_permission_of_another_route() {
    let server = Server::start().await;
    let reads = server.mint.token(&with(claims(), "scope", "orders:read"));
    for _ in 0..3 {
        server.accepts(&reads).await;
        let placed = server.exchange(get_with("/orders", &reads).replacen("GET", "POST", 1)).await;
        assert_eq!(placed.status, 403);
        assert_eq!(server.only_event().reason, Reason::Denied);
    }
}

thread_local! {
    /// Each test has a thread of its own, and so has its runtime.
    static READ: Cell<usize> = const { Cell::new(0) };
}

/// Counts how often it is deserialized from a token.
struct Counting;

impl<'de> Deserialize<'de> for Counting {
    fn deserialize<D: serde::Deserializer<'de>>(claims: D) -> Result<Self, D::Error> {
        READ.set(READ.get() + 1);
        serde::de::IgnoredAny::deserialize(claims).map(|_| Self)
    }
}

/// Another verifier of the process, for another audience, must not take what the first one decided.
#[tokio::test]
async fn t52_a_token_that_one_verifier_has_cached_is_not_known_to_another() {
    let mint = Mint::of(Algorithm::Ed25519);
    let clock = crate::support::Clock::standing();
    let of = |audience: &str| {
        let clock = clock.clone();
        let builder = Verifier::<Counting>::builder().issuer(ISSUER).audience(audience).keys(mint.key());
        builder.events(Events::collect().0).clock(move || clock.now()).build().expect("a verifier")
    };
    let (ours, other) = (of(AUDIENCE), of("another service"));
    let token = mint.token(&claims());
    for _ in 0..3 {
        assert!(ours.verify(&token).await.is_ok());
        assert!(other.verify(&token).await.is_err());
    }
}

/// A flood of tokens that are used once, as of a service that gets a token for each call.
#[tokio::test]
async fn tokens_that_are_used_once_evict_no_other() {
    let mint = Mint::of(Algorithm::Ed25519);
    let clock = crate::support::Clock::standing();
    let builder = Verifier::<Counting>::builder().issuer(ISSUER).audience(AUDIENCE).keys(mint.key());
    let builder = builder.events(Events::collect().0).clock(move || clock.now());
    // Room for some hundred tokens, and many times as many arrive.
    let verifier = builder.cache_bytes(256 * 1024).build().expect("a verifier");
    let token = mint.token(&claims());
    for _ in 0..2 {
        assert!(verifier.verify(&token).await.is_ok());
    }
    for number in 0..4_000 {
        let once = mint.token(&with(claims(), "jti", number.to_string()));
        assert!(verifier.verify(&once).await.is_ok());
    }
    READ.set(0);
    assert!(verifier.verify(&token).await.is_ok());
    assert_eq!(READ.get(), 0, "it was parsed again");
}

/// Shows that the other tests of this file use the cache.
#[tokio::test]
async fn a_token_is_parsed_twice_with_a_cache_and_each_time_without() {
    let mint = Mint::of(Algorithm::Ed25519);
    let clock = crate::support::Clock::standing();
    let builder = || {
        let clock = clock.clone();
        let builder = Verifier::<Counting>::builder().issuer(ISSUER).audience(AUDIENCE).keys(mint.key());
        builder.events(Events::collect().0).clock(move || clock.now())
    };
    let token = mint.token(&claims());
    // It is stored when it is parsed for the second time, because it is used again.
    for (verifier, read) in [(builder().build().unwrap(), 2), (builder().without_cache().build().unwrap(), 4)] {
        READ.set(0);
        for _ in 0..4 {
            assert!(verifier.verify(&token).await.is_ok());
        }
        assert_eq!(READ.get(), read);
    }
    assert!(builder().cache_bytes(1024).build().is_err(), "a cache without room for a token");
}
