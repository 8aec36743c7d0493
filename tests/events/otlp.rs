//! Rejections reach an OpenTelemetry collector, also after an outage.

use super::collector::{Collector, Fault, assert_no_token_in, attack, counted, folder, forged, is_unique, server};
use crate::support::get_with;
use auth_runtime::events::Otlp;
use auth_runtime::{ConfigError, Events};
use std::time::Duration;

const KEY: &str = "collector-key-0123456789";

fn events(otlp: Otlp) -> Events {
    Events::builder().otlp(otlp).expect("a sink").build().expect("events")
}

#[tokio::test]
async fn a_collector_gets_each_rejection_by_the_names_of_opentelemetry() {
    let collector = Collector::otlp().up();
    let otlp = Otlp::at(collector.listener.url("/")).service("orders").header("authorization", KEY);
    let events = events(otlp);
    let server = server(&events).await;
    server.exchange(get_with("/me", &forged())).await;
    let taken = collector.has(|taken| taken.len() >= 2).await;
    assert_eq!((&taken[0]["name"], &taken[0]["auth.notice"]), (&"auth.notice".into(), &"started".into()));
    let event = &taken[1];
    for (field, value) in [
        ("service", "orders"),
        ("name", "auth.rejected"),
        ("severity", "medium"),
        ("error.type", "bad_signature"),
        ("auth.class", "invalid"),
        ("http.route", "/me"),
        ("http.request.method", "GET"),
        ("network.peer.address", "127.0.0.1"),
    ] {
        assert_eq!(event[field], value, "{field} of {event:#}");
    }
    assert_eq!((&event["http.response.status_code"], &event["severity_number"]), (&401.into(), &13.into()));
    assert!(event["network.peer.port"].as_i64().unwrap() > 0 && event["time"].as_u64().unwrap() > 0, "{event:#}");
    let shown = format!("{events:?}");
    assert!(shown.contains("collector at 127.0.0.1") && !shown.contains(KEY), "{shown}");
}

#[tokio::test]
async fn an_attack_during_which_the_collector_restarts_is_emitted_to_the_last_rejection() {
    let mut collector = Collector::otlp().up();
    let otlp = Otlp::at(collector.listener.url("/")).header("authorization", KEY).spool(folder("otlp"), 1 << 20);
    let events = events(otlp);
    let server = server(&events).await;
    attack(&server, 50).await;
    collector.has(|taken| !counted(taken).is_empty()).await;
    collector.listener.kill();
    attack(&server, 100).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    collector.is(Fault::Refuses(503));
    collector.listener.restart();
    tokio::time::sleep(Duration::from_secs(1)).await;
    collector.is(Fault::TakesAndFails);
    collector.has(|taken| !is_unique(taken)).await;
    collector.is(Fault::Takes);
    collector.accounts_for(450, || events.dropped()).await;
    assert_eq!(events.dropped(), 0);
    assert_no_token_in(&collector.bytes(), &[&forged(), &server.good(), KEY]);
}

#[tokio::test]
async fn records_that_a_collector_rejects_are_counted_and_not_sent_again() {
    let collector = Collector::otlp().up();
    let events = events(Otlp::at(collector.listener.url("/v1/logs")));
    let server = server(&events).await;
    collector.has(|taken| taken.len() == 1).await;
    collector.is(Fault::TakesBut(1));
    attack(&server, 10).await;
    collector.accounts_for(30, || events.dropped()).await;
    assert_eq!(events.dropped(), 1);
    collector.is(Fault::Refuses(400));
    attack(&server, 10).await;
    collector.accounts_for(60, || events.dropped()).await;
    assert_eq!(events.dropped(), 31);
}

#[test]
fn an_invalid_collector_is_rejected_at_start_and_no_header_is_shown() {
    let refused = |otlp: Otlp| Events::builder().otlp(otlp).expect_err("no sink");
    for url in ["http://collector.example.com:4318", "collector", ""] {
        assert!(matches!(refused(url.into()), ConfigError::Url { .. }));
    }
    let error = refused(Otlp::at("https://collector.example.com").header("api-key", "two\nlines"));
    assert!(matches!(error, ConfigError::Sink { .. }) && !error.to_string().contains("lines"), "{error}");
    let shown = format!("{:?}", Otlp::at("https://collector.example.com").header("api-key", KEY));
    assert!(shown.contains("api-key") && !shown.contains(KEY), "{shown}");
    for url in
        ["https://user:hunter2@collector.example.com/hunter2?hunter2#hunter2", "hunter2", "user:hunter2@collector"]
    {
        let otlp = Otlp::at(url);
        assert!(!format!("{otlp:?}").contains("hunter2"), "{otlp:?}");
        if let Err(error) = Events::builder().otlp(otlp) {
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        }
    }
}
