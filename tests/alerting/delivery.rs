//! Tests that a page reaches its target by the target's protocol, or else the next target.

use super::{CALM, alert_states, attack, events, pager, server};
use crate::support::Listener;
use auth_runtime::events::{DrillError, Pager};
use auth_runtime::{ConfigError, Events};
use serde_json::Value;
use std::time::Duration;

#[tokio::test]
async fn pagerduty_alertmanager_and_slack_get_pages_of_their_protocols() {
    let listener = Listener::start();
    let key = "0123456789abcdef0123456789abcdef";
    for (pager, path) in [
        (pager().pagerduty_at(listener.url("/v2/enqueue"), key), "/v2/enqueue"),
        (pager().alertmanager(listener.url("/")), "/api/v2/alerts"),
        (pager().slack(listener.url("/services/T0/B0/x")), "/services/T0/B0/x"),
    ] {
        let before = listener.arrived().len();
        let events = events(pager);
        events.drill().await.unwrap();
        let drill = listener.gets(before + 2).await.split_off(before);
        assert!(drill.iter().all(|arrived| arrived.path == path), "{drill:?}");
        let body = &drill[0].body;
        match path {
            "/v2/enqueue" => {
                assert_eq!((&body["routing_key"], &body["event_action"]), (&key.into(), &"trigger".into()));
                assert_eq!(body["dedup_key"], "auth/orders/drill");
                assert_eq!(
                    (&body["payload"]["source"], &body["payload"]["severity"]),
                    (&"orders".into(), &"info".into())
                );
                assert!(body["payload"]["summary"].as_str().unwrap().contains("TEST"));
                let resolved = &drill[1].body;
                assert_eq!(
                    (&resolved["event_action"], &resolved["dedup_key"]),
                    (&"resolve".into(), &"auth/orders/drill".into())
                );
            }
            "/api/v2/alerts" => {
                let labels = &body[0]["labels"];
                assert_eq!((&labels["alertname"], &labels["service"]), (&"auth_drill".into(), &"orders".into()));
                assert!(body[0]["endsAt"].is_string() && body[0]["startsAt"].is_string(), "{body}");
            }
            _ => assert!(body["text"].as_str().unwrap().starts_with("orders: TEST"), "{body}"),
        }
    }
}

#[tokio::test]
async fn a_command_gets_the_page_on_its_standard_input() {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("page-{}.json", std::process::id()));
    let script = format!("cat >> {}", file.display());
    let events = events(pager().command("sh", ["-c", &script]));
    events.drill().await.unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    let page: Value = serde_json::Deserializer::from_str(&text).into_iter().next().unwrap().unwrap();
    assert_eq!((&page["alert"], &page["service"]), (&"drill".into(), &"orders".into()));
}

#[tokio::test]
async fn the_next_target_gets_a_page_that_one_does_not_accept() {
    let (refusing, listener) = (Listener::start(), Listener::start());
    refusing.answers(400);
    let down = Listener::down();
    let events = events(
        pager().webhook(down.url("/")).webhook(refusing.url("/")).command("false", [""; 0]).webhook(listener.url("/")),
    );
    let took = events.drill().await.unwrap();
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!(alert_states(&listener)[0], "drill triggered");
}

#[tokio::test]
async fn a_page_waits_until_a_target_is_up_again() {
    let mut listener = Listener::down();
    let events = events(pager().webhook(listener.url("/")));
    let server = server(&events).await;
    server.accepts(&server.good()).await;
    attack(&server, 20).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    listener.restart();
    listener.gets(1).await;
    assert_eq!(alert_states(&listener)[0], "invalid_spike triggered");
}

#[tokio::test]
async fn a_heartbeat_is_sent_until_the_stream_ends() {
    let listener = Listener::start();
    let events =
        events(pager().webhook(listener.url("/page")).heartbeat(listener.url("/beat"), Duration::from_secs(2)));
    listener.gets(2).await;
    drop(events);
    let beats = listener.arrived();
    assert!(beats.iter().all(|beat| beat.path == "/beat"), "{beats:?}");
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(listener.arrived().len(), beats.len());
}

/// Without a target the dead man's switch is the last one that can page.
#[tokio::test]
async fn a_heartbeat_stops_while_no_target_accepts_pages() {
    let (beats, mut pages) = (Listener::start(), Listener::down());
    let every = Duration::from_secs(2);
    let events = events(pager().webhook(pages.url("/")).heartbeat(beats.url("/"), every));
    let server = server(&events).await;
    attack(&server, 20).await;
    // A page is tried twice, and a heartbeat may be in flight.
    tokio::time::sleep(every * 2).await;
    let before = beats.arrived().len();
    tokio::time::sleep(every * 3).await;
    assert_eq!(beats.arrived().len(), before);
    pages.restart();
    beats.gets(before + 2).await;
}

/// One heartbeat may be sent before the stream starts.
#[tokio::test]
async fn a_heartbeat_stops_while_events_are_dropped() {
    let beats = Listener::start();
    let pager = pager().webhook(beats.url("/page")).heartbeat(beats.url("/beat"), Duration::from_secs(2));
    let events = Events::builder().writer(Full).pager(pager).unwrap().build().unwrap();
    tokio::time::sleep(Duration::from_secs(7)).await;
    let arrived = beats.arrived();
    assert!(arrived.iter().filter(|arrived| arrived.path == "/beat").count() <= 1, "{arrived:?}");
    drop(events);
}

struct Full;

impl std::io::Write for Full {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::Error::other("disk full"))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_drill_without_a_pager_is_an_error() {
    assert_eq!(Events::stderr().drill().await, Err(DrillError::NoPager));
}

#[test]
fn an_invalid_pager_is_rejected_at_start_and_shows_no_secret() {
    let refused = |pager: Pager| Events::builder().stderr().pager(pager).expect_err("no pager");
    assert_eq!(refused(Pager::of("orders")), ConfigError::NoPageTarget);
    assert!(matches!(refused(Pager::of(" ").webhook("https://x/")), ConfigError::Empty(_)));
    for url in ["hooks.slack.com/services/secret", "ftp://hooks.slack.com/services/secret", ""] {
        let error = refused(Pager::of("orders").slack(url));
        assert!(matches!(error, ConfigError::Url { .. }) && !error.to_string().contains("secret"), "{error}");
    }
    let error = refused(Pager::of("orders").webhook("https://x/").heartbeat("https://x/", Duration::ZERO));
    assert!(matches!(error, ConfigError::OutOfBounds { name: "heartbeat", .. }));
    let slack = Pager::of("orders").slack("https://hooks.slack.com/services/secret");
    let shown =
        format!("{:?}", slack.clone().pagerduty("secret").command("page", ["secret"]).heartbeat("secret", CALM));
    assert!(shown.contains("orders") && !shown.contains("secret"), "{shown}");
    let events = Events::builder().stderr().pager(slack).unwrap().build().unwrap();
    let shown = format!("{events:?}");
    assert!(shown.contains("Slack at hooks.slack.com") && !shown.contains("secret"), "{shown}");
}

/// A page, its routing key and its URL must not be readable on the network.
#[test]
fn no_page_goes_over_http_to_another_host_and_the_error_names_host_and_remedy() {
    const KEY: &str = "0123456789abcdef0123456789abcdef";
    let refused = |pager: Pager| Events::builder().stderr().pager(pager).expect_err("no pager");
    let pager = || Pager::of("orders");
    for host in ["pages.example.com", "10.0.0.7:9093", "127.0.0.1.example.com", "0.0.0.0", "[::ffff:127.0.0.1]:80"] {
        let url = format!("http://{host}/services/hunter2?token=hunter2");
        for wanted in [
            pager().pagerduty_at(&url, KEY),
            pager().alertmanager(&url),
            pager().slack(&url),
            pager().webhook(&url),
            pager().command("true", [""; 0]).heartbeat(&url, CALM * 30),
            pager().webhook("https://pages.example.com/").webhook(&url),
        ] {
            let error = refused(wanted);
            let message = error.to_string();
            assert!(matches!(error, ConfigError::Url { .. }), "{error:?}");
            assert!(message.contains("https://") && message.contains(host.split(':').next().unwrap()), "{message}");
            assert!(!format!("{message} {error:?}").contains("hunter2") && !message.contains(KEY), "{error:?}");
        }
    }
    for url in ["https://a.example/#hunter2", "ftp://a.example/hunter2", "hunter2"] {
        assert!(!refused(pager().webhook(url)).to_string().contains("hunter2"), "{url}");
    }
    // A user name and a password, where the target has no other credential.
    let with_password = "https://user:hunter2@a.example/";
    for wanted in [pager().slack(with_password), pager().pagerduty_at(with_password, KEY)] {
        assert!(!refused(wanted).to_string().contains("hunter2"));
    }
    let good = pager().webhook(with_password).alertmanager(with_password);
    let events = Events::builder().stderr().pager(good.clone()).unwrap().build().unwrap();
    assert!(!format!("{events:?} {good:?}").contains("hunter2"), "{events:?} {good:?}");
}

#[test]
fn an_alertmanager_without_tls_is_named_with_its_reason() {
    let pager = |url: &str, reason| Pager::of("orders").alertmanager_without_tls(url, reason);
    let checked = |pager: Pager| Events::builder().stderr().pager(pager);
    let good = checked(pager("http://alertmanager:9093", "the mesh encrypts")).unwrap().build().unwrap();
    let shown = format!("{good:?}");
    assert!(shown.contains("Alertmanager at alertmanager:9093 WITHOUT TLS (the mesh encrypts)"), "{shown}");
    assert!(matches!(checked(pager("http://alertmanager:9093", " ")).unwrap_err(), ConfigError::Empty(_)));
    for unreadable in [".", "\u{200b}", "\u{202e}tpyrcne"] {
        let error = checked(pager("http://alertmanager:9093", unreadable)).unwrap_err();
        assert!(matches!(error, ConfigError::Unreadable { .. }), "{error}");
    }
    let error = checked(pager("http://user:hunter2@alertmanager:9093", "the mesh encrypts")).unwrap_err();
    assert!(matches!(error, ConfigError::Url { .. }) && !error.to_string().contains("hunter2"), "{error}");
}

#[test]
fn a_service_whose_pager_was_never_tested_reports_so_at_start() {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("untried-{}.jsonl", std::process::id()));
    let pager = Pager::of("orders").webhook("http://127.0.0.1:9/");
    drop(Events::builder().file(&file).unwrap().pager(pager).unwrap().build().unwrap());
    let text = std::fs::read_to_string(&file).unwrap();
    let started: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(started["notice"], "started");
    assert!(
        started["detail"]
            .as_str()
            .unwrap()
            .ends_with("paged through a webhook at 127.0.0.1:9, not tested yet: call `Events::drill`")
    );
}

#[tokio::test]
async fn a_drill_is_recorded_across_a_restart() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("drilled-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let listener = Listener::start();
    let life = |file: &str| {
        let pager = Pager::of("orders").webhook(listener.url("/")).drill_record(folder.join("drilled"));
        Events::builder().file(folder.join(file)).unwrap().pager(pager).unwrap().build().unwrap()
    };
    let started = |file: &str| {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let started: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        started["detail"].as_str().unwrap().to_owned()
    };
    let first = life("first.jsonl");
    first.drill().await.unwrap();
    drop(first);
    assert!(started("first.jsonl").ends_with("NEVER TESTED: call `Events::drill`"), "{}", started("first.jsonl"));
    drop(life("second.jsonl"));
    assert!(started("second.jsonl").contains(", last tested on 20"), "{}", started("second.jsonl"));
}

#[test]
fn a_second_pager_or_heartbeat_is_rejected() {
    let pager = || Pager::of("orders").webhook("http://127.0.0.1:9/");
    let twice = Events::builder().stderr().pager(pager()).unwrap().pager(pager()).unwrap_err();
    assert_eq!(twice, ConfigError::Duplicate("pager"));
    assert!(twice.to_string().contains("remove one, or give both targets to one pager"), "{twice}");
    let beats = pager().heartbeat("http://127.0.0.1:9/", Duration::from_secs(30));
    let twice = beats.heartbeat("http://127.0.0.1:9/other", Duration::from_secs(30));
    assert_eq!(Events::builder().stderr().pager(twice).unwrap_err(), ConfigError::Duplicate("heartbeat"));
}
