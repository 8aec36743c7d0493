//! Tests tokens with an unknown `kid` while a read of the keys is not due yet.

use super::{mint, patient, server, until};
use crate::support::{Connection, KID, Mint, Publisher, claims, get_with};
use auth_runtime::KeySet;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use std::time::{Duration, Instant};
use test_support::LIMIT;

fn next() -> &'static Mint {
    Mint::untrusted(Algorithm::Ed25519)
}

/// Clients log out on 401.
#[tokio::test]
async fn a_rotation_within_the_cooldown_gives_503_until_the_new_key_is_read() {
    // A busy machine may need longer for one request than the first cooldown.
    let mut cooldown = Duration::from_secs(2);
    while !rotates_within(cooldown).await {
        cooldown *= 3;
        assert!(cooldown < Duration::from_secs(60), "no request is answered within a cooldown");
    }
}

/// Returns whether the first request was answered before the cooldown had ended.
async fn rotates_within(cooldown: Duration) -> bool {
    let publisher = Publisher::of(&[mint().published(KID)]);
    // Before the first read, so that the cooldown never ends earlier than this states.
    let begun = Instant::now();
    let keys = KeySet::remote(publisher.url("/jwks")).cooldown(cooldown).await.unwrap();
    let server = server(keys).await;
    publisher.publish(&[mint().published(KID), next().published("next")]);
    let rotated = next().token_of("next", &claims());
    let response = server.exchange(get_with("/me", &rotated)).await;
    if begun.elapsed() >= cooldown {
        return false;
    }
    assert_eq!((response.status, response.header("retry-after")), (503, Some("5")));
    // P7: alerts count it as an invalid token.
    let event = server.only_event();
    assert_eq!((event.reason, event.status), (Reason::UnknownKey, 503), "{event:?}");
    // The verifier reads the keys by itself, as soon as the cooldown has ended.
    until("a read", || publisher.requests("/jwks") == 2).await;
    assert!(begun.elapsed() >= cooldown, "{:?}", begun.elapsed());
    let limit = Instant::now();
    while server.exchange(get_with("/me", &rotated)).await.status != 200 {
        assert!(limit.elapsed() < LIMIT, "the new key is not used");
    }
    server.events();
    server.accepts(&rotated).await;
    server.accepts_the_good_token().await;
    true
}

/// P8: the answer is that of any other token that cannot be judged now.
#[tokio::test]
async fn the_answer_is_the_same_as_in_an_outage() {
    let mut publisher = Publisher::of(&[mint().published(KID)]);
    let in_doubt = server(patient(&publisher).await.unwrap()).await;
    let token = next().token_of("next", &claims());
    let response = in_doubt.exchange(get_with("/me", &token)).await;
    publisher.kill();
    let down = server(patient(&publisher).start_degraded().unwrap()).await;
    let outage = down.exchange(get_with("/me", &token)).await;
    assert_eq!((response.status, response.visible()), (503, outage.visible()));
}

#[tokio::test]
async fn t15_an_invented_kid_gets_503_in_one_cooldown_and_401_from_then_on() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let cooldown = Duration::from_millis(500);
    let keys = KeySet::remote(publisher.url("/jwks")).cooldown(cooldown).await.unwrap();
    let begun = Instant::now();
    let server = server(keys).await;
    let mut connection = Connection::open(server.address).await;
    let mut status = async |kid: &str| {
        let status = connection.exchange(get_with("/me", &next().token_of(kid, &claims()))).await.status;
        assert!([401, 503].contains(&status), "{status}");
        status
    };
    while status("invented").await == 503 {
        assert!(begun.elapsed() < LIMIT, "the read decides");
    }
    // The read found no such key, so an unknown `kid` gets 401 for two cooldowns.
    let decided = Instant::now();
    let mut invented = 0;
    loop {
        let status = status(&format!("invented-{invented}")).await;
        if decided.elapsed() >= cooldown {
            break;
        }
        assert_eq!(status, 401);
        invented += 1;
    }
    while decided.elapsed() < cooldown * 8 {
        status(&format!("invented-{invented}")).await;
        assert_eq!(status("invented").await, 401, "it is decided");
        invented += 1;
    }
    let (reads, cooldowns) = (publisher.requests("/jwks"), begun.elapsed().as_millis() / cooldown.as_millis());
    assert!(reads as u128 <= cooldowns + 2, "{reads} reads in {cooldowns} cooldowns");
    server.events();
    server.accepts_the_good_token().await;
}

#[tokio::test]
async fn a_kid_that_the_issuer_publishes_for_an_unusable_key_is_not_in_doubt() {
    let weak = serde_json::json!({"kty": "RSA", "kid": "weak", "alg": "RS256", "n": "AQAB", "e": "AQAB"});
    let publisher = Publisher::of(&[mint().published(KID), weak]);
    let server = server(patient(&publisher).await.unwrap()).await;
    server.refuses(&mint().token_of("weak", &claims()), Reason::UnknownKey).await;
}
