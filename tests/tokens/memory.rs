//! What a verifier remembers of a token: nothing that could come out otherwise the next time (INC-73, INC-75).

use crate::support::{AUDIENCE, ISSUER, KID, Mint, NOW, Publisher, Server, claims, get_with, header, segments, with};
use auth_runtime::events::{NoticeKind, Reason};
use auth_runtime::keys::Algorithm;
use auth_runtime::revocation::{Revocation, RevocationList};
use auth_runtime::{Events, KeySet, Verifier};
use serde::Deserialize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Claims whose text is the same for a long way, and then says another name.
fn late(subject: &str) -> String {
    let rest = claims().to_string();
    let rest = rest.replace(r#""sub":"alice""#, &format!(r#""zzz":1,"sub":"{subject}""#));
    format!(r#"{{"a":"{}",{}"#, "x".repeat(2000), &rest[1..])
}

#[tokio::test]
async fn t52_inc_73_tokens_that_begin_alike_are_two_callers() {
    for algorithm in [Algorithm::HS256, Algorithm::RS256, Algorithm::Ed25519] {
        let server = Server::with(algorithm).start().await;
        let token = |subject: &str| server.mint.signed(header(algorithm).to_string(), late(subject));
        let (alice, bob) = (token("alice"), token("bobby"));
        let common = alice.bytes().zip(bob.bytes()).take_while(|(one, other)| one == other).count();
        assert!(common > 2000 && alice.len() == bob.len(), "{common} of {}", alice.len());
        for (token, name) in [(&alice, "alice"), (&bob, "bobby"), (&alice, "alice"), (&bob, "bobby")] {
            let response = server.exchange(get_with("/me", token)).await;
            assert_eq!((response.status, response.text()), (200, name), "{algorithm}");
        }
        // Nor does a good token vouch for one that begins, or ends, as it does.
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
async fn t52_inc_75_a_forged_token_is_refused_the_second_time_too() {
    let server = Server::start().await;
    let forged = Mint::stranger(Algorithm::Ed25519).token(&claims());
    for _ in 0..3 {
        server.refuses(&forged, Reason::BadSignature).await;
        server.accepts_the_good_token().await;
    }
}

#[tokio::test]
async fn t52_a_token_that_was_good_is_refused_once_it_has_expired() {
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
async fn t52_a_token_that_was_good_is_refused_once_its_key_is_gone() {
    let mint = Mint::of(Algorithm::Ed25519);
    let other = Mint::stranger(Algorithm::Ed25519);
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

/// The names are exchanged: what was verified under a name with one key would be verified with another now.
#[tokio::test]
async fn t52_a_token_is_refused_once_another_key_answers_to_its_name() {
    let mint = Mint::of(Algorithm::Ed25519);
    let other = Mint::stranger(Algorithm::Ed25519);
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
async fn t52_t50_a_token_that_was_good_is_refused_once_it_is_taken_back() {
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

/// What one permission is given is no answer to another.
#[tokio::test]
async fn t52_t29_a_token_that_was_good_for_one_route_lacks_what_another_asks_for() {
    let server = Server::start().await;
    let reads = server.mint.token(&with(claims(), "scope", "orders:read"));
    for _ in 0..3 {
        server.accepts(&reads).await;
        let placed = server.exchange(get_with("/orders", &reads).replacen("GET", "POST", 1)).await;
        assert_eq!(placed.status, 403);
        assert_eq!(server.only_event().reason, Reason::Denied);
    }
}

static READ: AtomicUsize = AtomicUsize::new(0);

/// Counts how often it is read from a token.
struct Counting;

impl<'de> Deserialize<'de> for Counting {
    fn deserialize<D: serde::Deserializer<'de>>(claims: D) -> Result<Self, D::Error> {
        READ.fetch_add(1, Ordering::SeqCst);
        serde::de::IgnoredAny::deserialize(claims).map(|_| Self)
    }
}

/// So that all of the above are about something that is remembered.
#[tokio::test]
async fn a_token_is_read_once_or_each_time_as_it_is_configured() {
    let mint = Mint::of(Algorithm::Ed25519);
    let clock = crate::support::Clock::standing();
    let builder = || {
        let clock = clock.clone();
        let builder = Verifier::<Counting>::builder().issuer(ISSUER).audience(AUDIENCE).keys(mint.key());
        builder.events(Events::collect().0).clock(move || clock.now())
    };
    let token = mint.token(&claims());
    for (verifier, read) in [(builder().build().unwrap(), 1), (builder().without_cache().build().unwrap(), 3)] {
        READ.store(0, Ordering::SeqCst);
        for _ in 0..3 {
            assert!(verifier.verify(&token).await.is_ok());
        }
        assert_eq!(READ.load(Ordering::SeqCst), read);
    }
    assert!(builder().cache_bytes(1024).build().is_err(), "a cache that holds nothing");
}
