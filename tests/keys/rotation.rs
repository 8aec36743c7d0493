//! Tests an issuer that rotates its keys during requests.

use super::{SHORT, eager, mint, patient, server, until};
use crate::support::{KID, Mint, Publisher, Reply, Server, claims, get_with};
use auth_runtime::events::{EventSink, Notice, NoticeKind, Reason};
use auth_runtime::keys::Algorithm;
use auth_runtime::{AuthEvent, Events, KeySet};
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn next() -> &'static Mint {
    Mint::untrusted(Algorithm::Ed25519)
}

#[tokio::test]
async fn a_new_key_is_fetched_when_the_first_token_names_it() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let server = server(eager(&publisher).await.unwrap()).await;
    publisher.publish(&[mint().published(KID), next().published("next")]);
    tokio::time::sleep(SHORT * 2).await;
    server.accepts(&next().token_of("next", &claims())).await;
    server.accepts_the_good_token().await;
    let notice = server.notice(NoticeKind::KeySetChanged).await;
    assert_eq!(notice.detail, "2 keys, 1 of them new; 0 removed");
}

#[tokio::test]
async fn a_removed_key_verifies_nothing_after_the_next_fetch() {
    let publisher = Publisher::of(&[mint().published(KID), next().published("next")]);
    let keys = eager(&publisher).refresh_between(SHORT, SHORT).await.unwrap();
    let server = server(keys).await;
    server.accepts_the_good_token().await;
    publisher.publish(&[next().published("next")]);
    server.notice(NoticeKind::KeySetChanged).await;
    server.refuses(&server.good(), Reason::UnknownKey).await;
    server.accepts(&next().token_of("next", &claims())).await;
}

/// A replaced key under the same `kid` is another key, so the old signatures are invalid.
#[tokio::test]
async fn a_key_that_was_replaced_under_its_name_verifies_nothing() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let server = server(eager(&publisher).refresh_between(SHORT, SHORT).await.unwrap()).await;
    publisher.publish(&[next().published(KID)]);
    server.notice(NoticeKind::KeySetChanged).await;
    server.refuses(&server.good(), Reason::BadSignature).await;
    server.accepts(&next().token_of(KID, &claims())).await;
}

#[tokio::test]
async fn an_unchanged_key_set_gets_304_and_stays_valid() {
    let publisher = Publisher::start();
    let reply = Reply::json(&json!({"keys": [mint().published(KID)]})).header("etag", "\"1\"");
    publisher.answer("/jwks", reply);
    let set = KeySet::remote(publisher.url("/jwks"))
        .cooldown(SHORT)
        .refresh_between(SHORT, SHORT)
        .max_age(Duration::from_secs(5));
    let server = server(set.await.unwrap()).await;
    until("several readings", || publisher.requests("/jwks") > 4).await;
    server.accepts_the_good_token().await;
    // A 304 renews both clocks: on the verifier's clock an hour passes between two fetches.
    for hour in 1..4 {
        server.clock.set(crate::support::NOW + hour * 3600);
        let claims = crate::support::with(claims(), "exp", crate::support::NOW + hour * 3600 + 60);
        let token = mint().token(&crate::support::with(claims, "iat", crate::support::NOW + hour * 3600));
        let mut answered = false;
        for _ in 0..500 {
            if server.exchange(get_with("/me", &token)).await.status == 200 {
                answered = true;
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(answered, "hour {hour}");
    }
    assert!(server.notices().iter().all(|notice| notice.notice != NoticeKind::KeySetChanged));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotation_rejects_no_good_token_and_accepts_no_bad_one() {
    let publisher = Publisher::of(&[mint().published("a")]);
    let server = Arc::new(server(eager(&publisher).await.unwrap()).await);
    let done = Arc::new(AtomicBool::new(false));
    let flood = {
        let (server, done) = (Arc::clone(&server), Arc::clone(&done));
        tokio::spawn(async move {
            let (good, forged) = (mint().token_of("a", &claims()), next().token_of("a", &claims()));
            let mut sent = 0_usize;
            while !done.load(Ordering::SeqCst) || sent < 50 {
                assert_eq!(server.exchange(get_with("/me", &good)).await.status, 200);
                assert_eq!(server.exchange(get_with("/me", &forged)).await.status, 401);
                sent += 1;
            }
        })
    };
    for round in 0..5 {
        let kid = format!("b{round}");
        publisher.publish(&[mint().published("a"), next().published(&kid)]);
        tokio::time::sleep(SHORT * 2).await;
        let rotated = server.exchange(get_with("/me", &next().token_of(&kid, &claims()))).await;
        assert_eq!(rotated.status, 200, "round {round}: the key is known after one fetch");
    }
    done.store(true, Ordering::SeqCst);
    flood.await.unwrap();
}

#[tokio::test]
async fn clones_of_a_key_set_share_its_keys_and_fetches() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let keys = patient(&publisher).await.unwrap();
    let (one, two) = (server(keys.clone()).await, server(keys).await);
    one.accepts_the_good_token().await;
    two.accepts_the_good_token().await;
    assert_eq!(publisher.requests("/jwks"), 1);
}

#[tokio::test]
async fn keys_are_not_fetched_after_the_verifier_is_dropped() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let keys = eager(&publisher).refresh_between(SHORT, SHORT).await.unwrap();
    until("readings", || publisher.requests("/jwks") > 2).await;
    drop(keys);
    tokio::time::sleep(SHORT).await;
    let asked = publisher.requests("/jwks");
    tokio::time::sleep(SHORT * 6).await;
    // One fetch may be in progress.
    assert!(publisher.requests("/jwks") <= asked + 1);
}

/// Blocks in a notice about changed keys, until the test releases it.
struct Holding(Mutex<Option<Receiver<()>>>);

impl EventSink for Holding {
    fn record(&self, _: &AuthEvent) -> std::io::Result<()> {
        Ok(())
    }

    fn notice(&self, notice: &Notice) -> std::io::Result<()> {
        if notice.notice == NoticeKind::KeySetChanged
            && let Some(released) = self.0.lock().unwrap().take()
        {
            let _ = released.recv_timeout(test_support::LIMIT);
        }
        Ok(())
    }
}

/// A notice describes the current keys, and a slow sink must not delay the removal of a key.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_notice_comes_after_the_change_it_reports() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let keys = eager(&publisher).refresh_between(SHORT, SHORT).await.unwrap();
    let (release, released) = channel();
    let sink = Holding(Mutex::new(Some(released)));
    let server = Server::with(Algorithm::Ed25519).keys(keys).verifier(|builder| builder.events(Events::sink(sink)));
    let server = server.start().await;
    publisher.publish(&[next().published("next")]);
    let (good, begun) = (server.good(), std::time::Instant::now());
    while server.exchange(get_with("/me", &good)).await.status == 200 {
        assert!(begun.elapsed() < Duration::from_secs(5), "a token of the removed key is accepted");
    }
    assert_eq!(server.exchange(get_with("/me", &next().token_of("next", &claims()))).await.status, 200);
    drop(release);
}

#[tokio::test]
async fn a_named_key_is_fetched_also_if_a_key_without_kid_of_another_algorithm_exists() {
    let without_kid = crate::support::without(Mint::of(Algorithm::ES256).published(KID), "kid");
    let publisher = Publisher::of(std::slice::from_ref(&without_kid));
    let server = server(eager(&publisher).await.unwrap()).await;
    publisher.publish(&[without_kid, next().published("next")]);
    tokio::time::sleep(SHORT * 2).await;
    server.accepts(&next().token_of("next", &claims())).await;
}
