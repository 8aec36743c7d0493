//! Tests an issuer whose replicas behind a load balancer publish different sets.

use super::{SHORT, eager, mint, server, until};
use crate::support::{KID, Mint, Publisher, Reply, Server, claims, get_with};
use auth_runtime::events::{NoticeKind, Reason};
use auth_runtime::keys::Algorithm;
use serde_json::json;
use std::time::Duration;

const MOST: Duration = Duration::from_millis(500);

fn other() -> &'static Mint {
    Mint::untrusted(Algorithm::Ed25519)
}

/// A set that is read again after the shortest interval.
fn set(mint: &Mint, kid: &str) -> Reply {
    Reply::json(&json!({"keys": [mint.published(kid)]})).header("cache-control", "no-store")
}

/// Starts a service whose issuer shows one of its two keys at a time.
async fn in_turn(most: Duration) -> (Publisher, Server, [String; 2]) {
    let publisher = Publisher::start();
    publisher.answer_in_turn("/jwks", vec![set(mint(), KID), set(other(), "other")]);
    let server = server(eager(&publisher).refresh_between(SHORT, most).await.unwrap()).await;
    // The first change looks like any rotation. A key that returns shows that the sets alternate.
    until("several reads", || publisher.requests("/jwks") > 4).await;
    (publisher, server, [mint().token(&claims()), other().token_of("other", &claims())])
}

#[tokio::test]
async fn a_set_that_shows_one_of_its_keys_at_a_time_rejects_no_good_token() {
    let (publisher, server, tokens) = in_turn(Duration::from_secs(10 * 60)).await;
    let begun = publisher.requests("/jwks");
    while publisher.requests("/jwks") < begun + 6 {
        for token in &tokens {
            server.accepts(token).await;
        }
    }
    server.refuses(&other().token(&claims()), Reason::BadSignature).await;
}

#[tokio::test]
async fn a_key_that_is_no_longer_shown_expires_after_the_longest_interval() {
    let (publisher, server, [one, two]) = in_turn(MOST).await;
    publisher.answer("/jwks", set(mint(), KID));
    let begun = std::time::Instant::now();
    while server.exchange(get_with("/me", &two)).await.status != 401 {
        assert!(begun.elapsed() < Duration::from_secs(10), "a removed key is used for longer than {MOST:?}");
    }
    server.events();
    server.accepts(&one).await;
    server.refuses(&two, Reason::UnknownKey).await;
}

#[tokio::test]
async fn an_empty_set_removes_keys_that_are_shown_in_turn_at_once() {
    let (publisher, server, tokens) = in_turn(Duration::from_secs(10 * 60)).await;
    publisher.answer("/jwks", Reply::json(&json!({"keys": []})));
    server.notice(NoticeKind::KeySetEmptied).await;
    for token in &tokens {
        server.refuses(token, Reason::UnknownKey).await;
    }
}
