//! An issuer changes its keys while requests flow.

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
    Mint::stranger(Algorithm::Ed25519)
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
async fn a_removed_key_verifies_nothing_from_the_next_reading_on() {
    let publisher = Publisher::of(&[mint().published(KID), next().published("next")]);
    let keys = eager(&publisher).refresh_between(SHORT, SHORT).await.unwrap();
    let server = server(keys).await;
    server.accepts_the_good_token().await;
    publisher.publish(&[next().published("next")]);
    server.notice(NoticeKind::KeySetChanged).await;
    server.refuses(&server.good(), Reason::UnknownKey).await;
    server.accepts(&next().token_of("next", &claims())).await;
}

/// The key of a name is another one now: what the old one signed is a stranger's.
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
async fn what_has_not_changed_is_not_sent_again_and_stays_good() {
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
    // Both clocks are renewed by "not modified": on the verifier's, an hour passes between two readings.
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
async fn no_good_token_is_refused_while_keys_rotate_and_no_bad_one_let_in() {
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
        assert_eq!(rotated.status, 200, "round {round}: one reading, and the key is there");
    }
    done.store(true, Ordering::SeqCst);
    flood.await.unwrap();
}

#[tokio::test]
async fn keys_of_one_set_are_shared_by_its_clones_and_read_once() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let keys = patient(&publisher).await.unwrap();
    let (one, two) = (server(keys.clone()).await, server(keys).await);
    one.accepts_the_good_token().await;
    two.accepts_the_good_token().await;
    assert_eq!(publisher.requests("/jwks"), 1);
}

#[tokio::test]
async fn nobody_asks_any_more_once_the_verifier_is_gone() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let keys = eager(&publisher).refresh_between(SHORT, SHORT).await.unwrap();
    until("readings", || publisher.requests("/jwks") > 2).await;
    drop(keys);
    tokio::time::sleep(SHORT).await;
    let asked = publisher.requests("/jwks");
    tokio::time::sleep(SHORT * 6).await;
    // One may have been under way.
    assert!(publisher.requests("/jwks") <= asked + 1);
}

/// Holds up whoever tells it of other keys, until it is let go.
struct Holding(Mutex<Option<Receiver<()>>>);

impl EventSink for Holding {
    fn record(&self, _: &AuthEvent) -> std::io::Result<()> {
        Ok(())
    }

    fn notice(&self, notice: &Notice) -> std::io::Result<()> {
        if notice.notice == NoticeKind::KeySetChanged
            && let Some(told) = self.0.lock().unwrap().take()
        {
            let _ = told.recv_timeout(test_support::LIMIT);
        }
        Ok(())
    }
}

/// Whoever acts on a notice must find it true, and a slow sink must not keep a removed key alive.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_notice_tells_of_is_so_already() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let keys = eager(&publisher).refresh_between(SHORT, SHORT).await.unwrap();
    let (let_go, told) = channel();
    let sink = Holding(Mutex::new(Some(told)));
    let server = Server::with(Algorithm::Ed25519).keys(keys).verifier(|builder| builder.events(Events::sink(sink)));
    let server = server.start().await;
    publisher.publish(&[next().published("next")]);
    let (good, begun) = (server.good(), std::time::Instant::now());
    while server.exchange(get_with("/me", &good)).await.status == 200 {
        assert!(begun.elapsed() < Duration::from_secs(5), "its key is gone, and it gets in");
    }
    assert_eq!(server.exchange(get_with("/me", &next().token_of("next", &claims()))).await.status, 200);
    drop(let_go);
}

#[tokio::test]
async fn a_named_key_is_fetched_even_where_one_without_a_name_of_another_algorithm_is_held() {
    let nameless = crate::support::without(Mint::of(Algorithm::ES256).published(KID), "kid");
    let publisher = Publisher::of(std::slice::from_ref(&nameless));
    let server = server(eager(&publisher).await.unwrap()).await;
    publisher.publish(&[nameless, next().published("next")]);
    tokio::time::sleep(SHORT * 2).await;
    server.accepts(&next().token_of("next", &claims())).await;
}
