//! Tests an issuer that publishes another key under the same `kid`.
//!
//! A realm that is imported again has the same `kid`s and new keys.

use super::{SHORT, mint, server};
use crate::support::{Connection, KID, Mint, Publisher, Reply, claims, get_with, header, without};
use auth_runtime::KeySet;
use auth_runtime::events::Reason;
use auth_runtime::keys::{Algorithm, RemoteKeySet};
use std::sync::Arc;
use std::time::Duration;
use test_support::cases;

fn reimported() -> &'static Mint {
    Mint::untrusted(Algorithm::Ed25519)
}

/// A set that is read only when a token requires it.
fn on_demand(publisher: &Publisher, cooldown: Duration) -> RemoteKeySet {
    let hour = Duration::from_secs(60 * 60);
    KeySet::remote(publisher.url("/jwks")).cooldown(cooldown).refresh_between(hour, hour)
}

#[tokio::test]
async fn another_key_under_the_same_kid_is_read_when_a_signature_fails() {
    for with_kid in [true, false] {
        let jwk_of = |mint: &Mint| {
            let jwk = mint.published(KID);
            if with_kid { jwk } else { without(jwk, "kid") }
        };
        let publisher = Publisher::of(&[jwk_of(mint())]);
        let server = server(on_demand(&publisher, SHORT).await.unwrap()).await;
        server.accepts_the_good_token().await;
        publisher.publish(&[jwk_of(reimported())]);
        tokio::time::sleep(SHORT * 2).await;
        let token = reimported().token(&claims());
        server.accepts(&token).await;
        assert_eq!(publisher.requests("/jwks"), 2);
        server.accepts(&token).await;
        server.refuses(&server.good(), Reason::BadSignature).await;
        let unnamed = without(header(Algorithm::Ed25519), "kid");
        server.accepts(&reimported().token_with(&unnamed, &claims())).await;
    }
}

#[tokio::test]
async fn t15_a_flood_of_forged_signatures_causes_no_request_within_the_cooldown() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let server = server(on_demand(&publisher, Duration::from_secs(60 * 60)).await.unwrap()).await;
    let mut connection = Connection::open(server.address).await;
    let flood = cases(10_000) as usize;
    for number in 0..flood {
        let forged = reimported().token(&crate::support::with(claims(), "jti", number));
        assert_eq!(connection.exchange(get_with("/me", &forged)).await.status, 401);
    }
    assert_eq!(publisher.requests("/jwks"), 1);
    let events = server.events();
    assert_eq!(events.iter().filter(|event| event.reason == Reason::BadSignature).count(), flood);
    server.accepts_the_good_token().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t15_forged_signatures_cause_one_shared_request_a_cooldown() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let cooldown = Duration::from_millis(200);
    let server = Arc::new(server(on_demand(&publisher, cooldown).await.unwrap()).await);
    let begun = std::time::Instant::now();
    let floods: Vec<_> = (0..8)
        .map(|_| {
            let server = Arc::clone(&server);
            tokio::spawn(async move {
                let mut connection = Connection::open(server.address).await;
                let mut sent = 0_u32;
                while begun.elapsed() < cooldown * 6 {
                    let response = connection.exchange(get_with("/me", &reimported().token(&claims()))).await;
                    assert_eq!(response.status, 401);
                    sent += 1;
                }
                sent
            })
        })
        .collect();
    for flood in floods {
        assert!(flood.await.unwrap() > 10);
    }
    let (reads, cooldowns) = (publisher.requests("/jwks"), begun.elapsed().as_millis() / cooldown.as_millis());
    assert!(reads > 2 && reads as u128 <= cooldowns + 2, "{reads} requests in {cooldowns} cooldowns");
    server.events();
    server.accepts_the_good_token().await;
}

/// The key is known, so the signature is bad, whether or not the issuer is reachable.
#[tokio::test]
async fn with_the_issuer_down_a_bad_signature_is_still_401() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let server = server(on_demand(&publisher, SHORT).await.unwrap()).await;
    publisher.answer("/jwks", Reply::status(500));
    tokio::time::sleep(SHORT * 2).await;
    for _ in 0..3 {
        server.refuses(&reimported().token(&claims()), Reason::BadSignature).await;
    }
    assert!(publisher.requests("/jwks") >= 2);
    server.accepts_the_good_token().await;
}
