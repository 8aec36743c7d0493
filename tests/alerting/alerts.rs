//! Tests which conditions page, and which do not.

use super::{alert_states, attack, events, forged, pager, server};
use crate::support::{KID, Listener, Mint, NOW, Publisher, Server, claims, get, get_with, with, without};
use auth_runtime::events::EventSink;
use auth_runtime::keys::Algorithm;
use auth_runtime::{Events, KeySet};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use test_support::cases;

/// The incident: fifty bad signatures within a minute.
#[tokio::test]
async fn inc_01_a_spike_of_bad_signatures_pages_once_within_ten_seconds_and_is_resolved() {
    let listener = Listener::start();
    let events = events(pager().webhook(listener.url("/page")));
    let server = server(&events).await;
    server.accepts(&server.good()).await;
    let began = Instant::now();
    attack(&server, 50).await;
    let page = listener.gets(1).await.remove(0);
    let took = page.at - began;
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!((&page.body["alert"], &page.body["state"]), (&"invalid_spike".into(), &"triggered".into()));
    assert_eq!(page.body["severity"], "critical");
    assert_eq!(page.body["dedup_key"], "auth/orders/invalid_spike");
    assert_eq!(page.path, "/page");
    let counted = page.body["reasons"]["bad_signature"].as_u64().unwrap();
    assert!((11..=50).contains(&counted), "{}", page.body);
    let text = page.body.to_string();
    assert!(!forged().split('.').any(|part| text.contains(part)), "{text}");
    // The receiver of a page is another company: neither addresses nor names of callers leave.
    assert!(!["127.0.0.1", "alice"].iter().any(|client| text.contains(client)), "{text}");
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(
        alert_states(&listener).iter().filter(|word| word.contains("invalid_spike")).count(),
        1,
        "{:?}",
        alert_states(&listener)
    );
    // The window is a minute, so the alert continues for that long. Only a run with all cases waits
    // for its end.
    if cases(8) < 8 {
        return;
    }
    for _ in 0..90 {
        if alert_states(&listener).contains(&"invalid_spike resolved".to_owned()) {
            return;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    panic!("it was never resolved: {:?}", alert_states(&listener));
}

/// Crawlers, health checks and clients with old tokens have caused 5758 pages a day elsewhere.
#[tokio::test]
async fn common_client_errors_do_not_page() {
    let listener = Listener::start();
    let events = events(pager().webhook(listener.url("/")));
    let server = server(&events).await;
    let expired = server.mint.token(&with(with(claims(), "exp", NOW - 60), "iat", NOW - 300));
    for _ in 0..100 {
        server.exchange(get("/me")).await;
        server.exchange(get_with("/me", &server.good())).await;
        server.exchange(get_with("/orders", &server.good()).replacen("GET", "POST", 1)).await;
    }
    for _ in 0..10 {
        server.exchange(get_with("/me", &expired)).await;
    }
    for placeholder in ["undefined", "null", "[object Object]", ""] {
        for _ in 0..20 {
            assert_eq!(server.exchange(get_with("/me", placeholder)).await.status, 401);
        }
    }
    attack(&server, 5).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(alert_states(&listener), [""; 0]);
}

#[tokio::test]
async fn a_service_whose_attempts_all_fail_pages_a_blackout() {
    let listener = Listener::start();
    let events = events(pager().tolerate_invalid(1000).webhook(listener.url("/")));
    let server = server(&events).await;
    attack(&server, 10).await;
    listener.gets(1).await;
    assert_eq!(alert_states(&listener), ["blackout triggered"]);
}

/// For instance an old browser tab, and no other client at that hour.
#[tokio::test]
async fn many_expired_tokens_on_an_idle_service_page_and_a_few_do_not() {
    let listener = Listener::start();
    let events = events(pager().webhook(listener.url("/")));
    let server = server(&events).await;
    let expired = server.mint.token(&with(with(claims(), "exp", NOW - 60), "iat", NOW - 300));
    for _ in 0..29 {
        server.exchange(get_with("/me", &expired)).await;
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(alert_states(&listener), [""; 0]);
    server.exchange(get_with("/me", &expired)).await;
    listener.gets(1).await;
    assert_eq!(alert_states(&listener), ["blackout triggered"]);
}

#[tokio::test]
async fn a_service_whose_attempts_mostly_fail_pages_a_failure_ratio() {
    let listener = Listener::start();
    let events = events(pager().tolerate_invalid(1000).webhook(listener.url("/")));
    let server = server(&events).await;
    for _ in 0..10 {
        server.exchange(get_with("/me", &server.good())).await;
    }
    attack(&server, 12).await;
    listener.gets(1).await;
    assert_eq!(alert_states(&listener), ["failure_ratio triggered"]);
}

/// An upgrade of the identity provider: the signature is good, so it is not an attack.
#[tokio::test]
async fn tokens_that_lack_a_claim_after_a_providers_upgrade_page_with_the_claims_name() {
    let listener = Listener::start();
    let events = events(pager().webhook(listener.url("/")));
    let server = server(&events).await;
    let upgraded = server.mint.token(&without(claims(), "client_id"));
    for _ in 0..30 {
        server.exchange(get_with("/me", &upgraded)).await;
    }
    let page = listener.gets(1).await.remove(0);
    assert_eq!(alert_states(&listener), ["blackout triggered"]);
    let summary = page.body["summary"].as_str().unwrap();
    assert!(summary.ends_with("good signature, claims refused: `client_id` (30)"), "{summary}");
    assert_eq!(page.body["claims"]["client_id"], 30);
    assert!(!page.body.to_string().contains("invalid tokens"), "{}", page.body);
}

#[tokio::test]
async fn failures_on_many_paths_are_one_spike() {
    let listener = Listener::start();
    let events = events(pager().webhook(listener.url("/")));
    let server = server(&events).await;
    for _ in 0..20 {
        server.exchange(get_with("/me", &server.good())).await;
    }
    for path in 0..15 {
        server.exchange(get_with(&format!("/orders/{path}"), &forged())).await;
    }
    listener.gets(1).await;
    assert_eq!(alert_states(&listener), ["invalid_spike triggered"]);
}

#[tokio::test]
async fn unreachable_keys_page_until_they_are_fetched_again() {
    let listener = Listener::start();
    let mut publisher = Publisher::of(&[Mint::of(Algorithm::Ed25519).published(KID)]);
    publisher.kill();
    let events = events(pager().webhook(listener.url("/")));
    let keys = KeySet::remote(publisher.url("/jwks")).cooldown(Duration::from_millis(50)).start_degraded().unwrap();
    let given = events.clone();
    let server =
        Server::with(Algorithm::Ed25519).keys(keys).verifier(move |builder| builder.events(given)).start().await;
    let page = listener.gets(1).await.remove(0);
    let summary = "orders: an issuer has no keys yet: its tokens get 503 until they are fetched";
    assert_eq!(page.body["summary"], summary);
    assert_eq!(page.body["severity"], "high");
    publisher.restart();
    listener.gets(2).await;
    assert_eq!(alert_states(&listener), ["keys_unavailable triggered", "keys_unavailable resolved"]);
    server.accepts(&server.good()).await;
}

#[tokio::test]
async fn an_emptied_key_set_pages_until_it_has_a_key_again() {
    let listener = Listener::start();
    let mint = Mint::of(Algorithm::Ed25519);
    let publisher = Publisher::of(&[mint.published(KID)]);
    let events = events(pager().webhook(listener.url("/")));
    let often = Duration::from_millis(50);
    let keys = KeySet::remote(publisher.url("/jwks")).cooldown(often).refresh_between(often, often).await.unwrap();
    let given = events.clone();
    let server =
        Server::with(Algorithm::Ed25519).keys(keys).verifier(move |builder| builder.events(given)).start().await;
    server.accepts(&server.good()).await;
    publisher.publish(&[]);
    let page = listener.gets(1).await.remove(0);
    assert_eq!((&page.body["alert"], &page.body["severity"]), (&"key_set_emptied".into(), &"critical".into()));
    publisher.publish(&[mint.published(KID)]);
    listener.gets(2).await;
    assert_eq!(alert_states(&listener), ["key_set_emptied triggered", "key_set_emptied resolved"]);
    server.accepts(&server.good()).await;
}

/// Blocks while its flag is set, as a disk that hangs.
struct Hanging(Arc<AtomicBool>);

impl EventSink for Hanging {
    fn record(&self, _: &auth_runtime::AuthEvent) -> io::Result<()> {
        while self.0.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn notice(&self, _: &auth_runtime::events::Notice) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_sink_that_hangs_pages_and_an_attack_meanwhile_pages_too() {
    let listener = Listener::start();
    let hangs = Arc::new(AtomicBool::new(true));
    let events = Events::builder().sink(Hanging(Arc::clone(&hangs))).pager(pager().webhook(listener.url("/")));
    let events = events.unwrap().build().unwrap();
    let server = server(&events).await;
    server.exchange(get("/me")).await;
    attack(&server, 20).await;
    let mut seen = alert_states(&listener);
    for _ in 0..60 {
        if seen.contains(&"stream_stuck triggered".to_owned()) && seen.contains(&"invalid_spike triggered".to_owned()) {
            hangs.store(false, Ordering::SeqCst);
            return;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        seen = alert_states(&listener);
    }
    panic!("{seen:?}");
}

struct Failing(Mutex<u64>);

impl EventSink for Failing {
    fn record(&self, _: &auth_runtime::AuthEvent) -> io::Result<()> {
        *self.0.lock().unwrap() += 1;
        Err(io::Error::other("disk full"))
    }
}

#[tokio::test]
async fn dropped_events_page() {
    let listener = Listener::start();
    let events = Events::builder().sink(Failing(Mutex::default())).pager(pager().webhook(listener.url("/")));
    let events = events.unwrap().build().unwrap();
    let server = server(&events).await;
    server.exchange(get("/me")).await;
    listener.gets(1).await;
    assert_eq!(alert_states(&listener), ["events_dropped triggered"]);
}
