//! The issuer is down, slow, or talks nonsense.

use super::{SHORT, eager, mint, server, until};
use crate::support::{ISSUER, KID, NOW, Publisher, Reply, claims, with};
use auth_runtime::events::{Collected, NoticeKind};
use auth_runtime::{Claims, Events, KeySet, Verifier};
use std::future::IntoFuture;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[tokio::test]
async fn the_last_good_keys_stay_when_the_issuer_answers_nonsense() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let server = server(eager(&publisher).refresh_between(SHORT, SHORT).await.unwrap()).await;
    let too_many = vec![serde_json::json!({}); 101];
    for nonsense in [
        Reply::status(500),
        Reply::status(304),
        Reply::status(204),
        Reply::json(&serde_json::json!({"keys": []})).with_status(404),
        Reply::bytes("<html>"),
        Reply::bytes(""),
        Reply::json(&serde_json::json!([])),
        Reply::json(&serde_json::json!({})),
        Reply::json(&serde_json::json!({"keys": null})),
        Reply::json(&serde_json::json!({"keys": {}})),
        Reply::json(&serde_json::json!({"keys": too_many})),
        Reply::json(&serde_json::json!({"keys": [], "pad": "x".repeat(600 * 1024)})),
        Reply::bytes(r#"{"keys":[],"keys":[]}"#),
        Reply::bytes(r#"{"keys":[]} trailing"#),
    ] {
        publisher.answer("/jwks", nonsense);
        server.notice(NoticeKind::KeySetUnavailable).await;
        server.accepts_the_good_token().await;
        publisher.publish(&[mint().published(KID)]);
        server.notice(NoticeKind::KeySetRestored).await;
    }
}

#[tokio::test]
async fn keys_that_are_too_old_verify_nothing_until_they_are_read_again() {
    let mut publisher = Publisher::of(&[mint().published(KID)]);
    let keys = KeySet::remote(publisher.url("/jwks")).cooldown(SHORT).await.unwrap();
    let server = server(keys).await;
    server.accepts_the_good_token().await;
    publisher.kill();
    // The default of `max_age` is an hour, here by the verifier's clock.
    server.clock.set(NOW + 3600);
    let token = |iat: u64| mint().token(&with(with(claims(), "iat", iat), "exp", iat + 300));
    server.accepts(&token(NOW + 3600)).await;
    server.clock.set(NOW + 3601);
    tokio::time::sleep(SHORT * 2).await;
    server.cannot_tell(&token(NOW + 3601)).await;
    server.cannot_tell(&token(NOW + 3601)).await;
    let too_old = server.notices().into_iter().filter(|notice| notice.notice == NoticeKind::KeySetTooOld).count();
    assert_eq!(too_old, 1, "one outage is one notice");
    // T53: a clock that goes back and forth makes nothing of it better.
    server.clock.set(NOW + 1800);
    server.accepts(&token(NOW + 1800)).await;
    server.clock.set(NOW + 3601);
    server.cannot_tell(&token(NOW + 3601)).await;
    publisher.restart();
    until("the issuer is back", || std::net::TcpStream::connect(publisher.address).is_ok()).await;
    server.notice(NoticeKind::KeySetRestored).await;
    server.accepts(&token(NOW + 3601)).await;
}

#[tokio::test]
async fn keys_grow_old_by_the_machine_too_when_the_verifiers_clock_stands() {
    let mut publisher = Publisher::of(&[mint().published(KID)]);
    let age = Duration::from_millis(300);
    let keys = KeySet::remote(publisher.url("/jwks")).cooldown(SHORT).refresh_between(SHORT, age).max_age(age);
    let server = server(keys.await.unwrap()).await;
    publisher.kill();
    server.notice(NoticeKind::KeySetUnavailable).await;
    tokio::time::sleep(age).await;
    server.cannot_tell(&server.good()).await;
}

/// Reads a request to its end.
async fn request(stream: &mut TcpStream) {
    let mut received = Vec::new();
    while !received.ends_with(b"\r\n\r\n") {
        assert_ne!(stream.read_buf(&mut received).await.unwrap(), 0, "a whole request");
    }
}

/// A server that takes the request and never ends its answer.
async fn dripping(every: Duration) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                request(&mut stream).await;
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n").await;
                while stream.write_all(b" ").await.is_ok() {
                    tokio::time::sleep(every).await;
                }
            });
        }
    });
    format!("http://{address}/jwks")
}

#[tokio::test]
async fn a_server_that_drips_is_given_up_on() {
    let url = dripping(Duration::from_millis(20)).await;
    let error = KeySet::remote(url).timeout(Duration::from_millis(200)).await.expect_err("no end").to_string();
    assert!(error.contains("timed out"), "{error}");
}

/// Whatever `Content-Length` says, and whether there is one.
#[tokio::test]
async fn an_answer_without_end_is_cut_off_at_its_bound() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/jwks", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await;
        let mut sent = 0_usize;
        while stream.write_all(&[b' '; 4096]).await.is_ok() {
            sent += 4096;
        }
        sent
    });
    let error = KeySet::remote(url).max_bytes(64 * 1024).await.expect_err("no end").to_string();
    assert!(error.contains("longer than 65536 bytes"), "{error}");
    // What the socket holds, and not much more.
    assert!(server.await.unwrap() < 16 * 1024 * 1024);
}

/// As a service does that reads its configuration in a runtime of its own, or a test whose verifier is a `static`.
#[tokio::test]
async fn keys_whose_runtime_has_ended_are_said_to_be_read_no_more() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let url = publisher.url("/jwks");
    let keys = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(KeySet::remote(url).cooldown(SHORT).into_future()).unwrap()
    });
    let server =
        server(tokio::task::spawn_blocking(|| test_support::join_within("the keys are fetched", keys)).await.unwrap())
            .await;
    server.accepts_the_good_token().await;
    let notices = server.notices();
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert_eq!(notices[0].notice, NoticeKind::KeySetUnavailable);
    assert!(notices[0].detail.contains("runtime"), "{notices:?}");
    let begun = Instant::now();
    for _ in 0..3 {
        // As when the issuer can't be reached, and as soon.
        server.cannot_tell(&mint().token_of("next", &claims())).await;
        server.accepts_the_good_token().await;
    }
    assert!(begun.elapsed() < Duration::from_secs(4), "they wait for nobody: {:?}", begun.elapsed());
    assert!(server.notices().is_empty(), "one outage is one notice");
}

/// Two types of claims are two verifiers, and still one service, one stream and one issuer.
#[tokio::test]
async fn one_outage_is_one_notice_to_one_stream_however_many_verifiers_share_the_keys() {
    let mut publisher = Publisher::of(&[mint().published(KID)]);
    let keys = eager(&publisher).refresh_between(SHORT, SHORT).await.unwrap();
    let (events, collected) = Events::collect();
    let verifier = |events: &Events| {
        Verifier::<Claims>::builder()
            .issuer(ISSUER)
            .audience("orders")
            .keys(keys.clone())
            .events(events.clone())
            .build()
    };
    let (other, others) = Events::collect();
    let _verifiers = [verifier(&events).unwrap(), verifier(&events).unwrap(), verifier(&other).unwrap()];
    publisher.kill();
    until("an outage", || publisher_is_missed(&others)).await;
    let told: Vec<_> = collected.take_notices().iter().map(|notice| notice.notice).collect();
    assert_eq!(told, [NoticeKind::KeySetUnavailable]);
    // Who comes later is told as well, once.
    let (late, collected) = Events::collect();
    let _verifiers = [verifier(&late).unwrap(), verifier(&late).unwrap()];
    assert!(publisher_is_missed(&collected));
    assert!(collected.take_notices().is_empty());
}

fn publisher_is_missed(collected: &Collected) -> bool {
    matches!(&*collected.take_notices(), [notice] if notice.notice == NoticeKind::KeySetUnavailable)
}

/// The clock of a machine that was asleep: nothing failed, and yet somebody was told that nobody gets in.
#[tokio::test]
async fn who_was_told_that_keys_are_too_old_is_told_that_they_are_not_any_more() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let server = server(eager(&publisher).await.unwrap()).await;
    server.accepts_the_good_token().await;
    tokio::time::sleep(SHORT * 2).await;
    let later = NOW + 2 * 3600;
    server.clock.set(later);
    server.accepts(&mint().token(&with(with(claims(), "iat", later), "exp", later + 300))).await;
    let told: Vec<_> = server.notices().iter().map(|notice| notice.notice).collect();
    assert_eq!(told, [NoticeKind::KeySetTooOld, NoticeKind::KeySetRestored]);
}
