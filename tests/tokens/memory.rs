//! A verifier remembers no verdict: each token is judged whole, each time (INC-73, INC-75).

use crate::support::{Mint, NOW, Publisher, Server, claims, get_with, header, segments};
use auth_runtime::{Algorithm, KeySet, NoticeKind, Reason};
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
    let publisher = Publisher::of(&[mint.published(crate::support::KID), other.published("other")]);
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
