//! Tests an issuer that is down, slow, or sends invalid responses.

use super::{SHORT, eager, mint, server, until};
use crate::support::{ISSUER, KID, NOW, Publisher, Reply, claims, with};
use auth_runtime::events::{Collected, NoticeKind};
use auth_runtime::{Claims, Events, KeySet, Verifier};
use std::future::IntoFuture;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[tokio::test]
async fn the_last_good_keys_stay_when_the_issuer_sends_invalid_responses() {
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
async fn keys_that_are_too_old_verify_nothing_until_they_are_fetched_again() {
    let mut publisher = Publisher::of(&[mint().published(KID)]);
    let keys = KeySet::remote(publisher.url("/jwks")).cooldown(SHORT).await.unwrap();
    let server = server(keys).await;
    server.accepts_the_good_token().await;
    publisher.kill();
    // `max_age` is an hour by default, measured here by the verifier's clock.
    server.clock.set(NOW + 3600);
    let token = |iat: u64| mint().token(&with(with(claims(), "iat", iat), "exp", iat + 300));
    server.accepts(&token(NOW + 3600)).await;
    server.clock.set(NOW + 3601);
    tokio::time::sleep(SHORT * 2).await;
    server.answers_503(&token(NOW + 3601)).await;
    server.answers_503(&token(NOW + 3601)).await;
    let too_old = server.notices().into_iter().filter(|notice| notice.notice == NoticeKind::KeySetTooOld).count();
    assert_eq!(too_old, 1, "an outage makes one notice");
    // T53: a clock that is set back does not make old keys valid again.
    server.clock.set(NOW + 1800);
    server.accepts(&token(NOW + 1800)).await;
    server.clock.set(NOW + 3601);
    server.answers_503(&token(NOW + 3601)).await;
    publisher.restart();
    until("the issuer is back", || std::net::TcpStream::connect(publisher.address).is_ok()).await;
    server.notice(NoticeKind::KeySetRestored).await;
    server.accepts(&token(NOW + 3601)).await;
}

#[tokio::test]
async fn keys_expire_by_the_machines_clock_when_the_verifiers_clock_stands() {
    let mut publisher = Publisher::of(&[mint().published(KID)]);
    let age = Duration::from_millis(300);
    let keys = KeySet::remote(publisher.url("/jwks")).cooldown(SHORT).refresh_between(SHORT, age).max_age(age);
    let server = server(keys.await.unwrap()).await;
    publisher.kill();
    server.notice(NoticeKind::KeySetUnavailable).await;
    tokio::time::sleep(age).await;
    server.answers_503(&server.good()).await;
}

/// Reads a whole request.
async fn request(stream: &mut TcpStream) {
    let mut received = Vec::new();
    while !received.ends_with(b"\r\n\r\n") {
        assert_ne!(stream.read_buf(&mut received).await.unwrap(), 0, "the request is incomplete");
    }
}

/// Starts a server that never ends its response, and returns its URL.
async fn endless_server(every: Duration) -> String {
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
async fn a_server_that_sends_slowly_times_out() {
    let url = endless_server(Duration::from_millis(20)).await;
    let error = KeySet::remote(url).timeout(Duration::from_millis(200)).await.expect_err("no end").to_string();
    assert!(error.contains("timed out"), "{error}");
}

/// With and without `Content-Length`, whatever it says.
#[tokio::test]
async fn an_endless_response_is_cut_off_at_the_size_limit() {
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
    // The socket buffers some bytes beyond the limit.
    assert!(server.await.unwrap() < 16 * 1024 * 1024);
}

/// The runtime of a key set can end before the verifier does.
///
/// A service may read its configuration in a runtime of its own, and a test may keep a verifier in
/// a `static`.
#[tokio::test]
async fn keys_whose_runtime_has_ended_make_a_notice() {
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
        // The same behavior as with an unreachable issuer, and as fast.
        server.answers_503(&mint().token_of("next", &claims())).await;
        server.accepts_the_good_token().await;
    }
    assert!(begun.elapsed() < Duration::from_secs(9), "the request waited for a fetch: {:?}", begun.elapsed());
    assert!(server.notices().is_empty(), "an outage makes one notice");
}

/// Two claims types need two verifiers, which share one stream and one issuer.
#[tokio::test]
async fn an_outage_makes_one_notice_per_stream_however_many_verifiers_share_the_keys() {
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
    until("an outage", || outage_is_reported(&others)).await;
    let kinds: Vec<_> = collected.take_notices().iter().map(|notice| notice.notice).collect();
    assert_eq!(kinds, [NoticeKind::KeySetUnavailable]);
    // A verifier that is built later reports the outage once too.
    let (later_events, collected) = Events::collect();
    let _verifiers = [verifier(&later_events).unwrap(), verifier(&later_events).unwrap()];
    assert!(outage_is_reported(&collected));
    assert!(collected.take_notices().is_empty());
}

fn outage_is_reported(collected: &Collected) -> bool {
    matches!(&*collected.take_notices(), [notice] if notice.notice == NoticeKind::KeySetUnavailable)
}

/// A machine that was asleep: no fetch failed, but the keys were reported as too old.
#[tokio::test]
async fn a_notice_about_old_keys_is_followed_by_one_about_restored_keys() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let server = server(eager(&publisher).await.unwrap()).await;
    server.accepts_the_good_token().await;
    tokio::time::sleep(SHORT * 2).await;
    let later = NOW + 2 * 3600;
    server.clock.set(later);
    server.accepts(&mint().token(&with(with(claims(), "iat", later), "exp", later + 300))).await;
    let kinds: Vec<_> = server.notices().iter().map(|notice| notice.notice).collect();
    assert_eq!(kinds, [NoticeKind::KeySetTooOld, NoticeKind::KeySetRestored]);
}
