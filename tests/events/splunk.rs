//! Rejections reach Splunk, also after an outage.

use super::collector::{
    Collector, Fault, HEC_TOKEN, assert_no_token_in, attack, counted, folder, forged, is_unique, segments, server,
};
use crate::support::{Authority, get, get_with};
use auth_runtime::events::Splunk;
use auth_runtime::{ConfigError, Events};
use std::time::Duration;

fn events(splunk: Splunk) -> Events {
    Events::builder().splunk(splunk).expect("a sink").build().expect("events")
}

#[tokio::test]
async fn splunk_gets_each_rejection_and_the_notices_of_the_stream() {
    let splunk = Collector::splunk().up();
    let events = events(Splunk::at(splunk.listener.url("/"), HEC_TOKEN).source("orders").index("security"));
    let server = server(&events).await;
    server.exchange(get_with("/me", &forged())).await;
    let taken = splunk.has(|taken| taken.len() >= 2).await;
    assert_eq!(
        (&taken[0]["notice"], &taken[0]["hec"]["sourcetype"]),
        (&"started".into(), &"auth_runtime:notice".into())
    );
    let event = &taken[1];
    assert_eq!((&event["reason"], &event["route"]), (&"bad_signature".into(), &"/me".into()));
    let hec = &event["hec"];
    assert_eq!((&hec["source"], &hec["index"]), (&"orders".into(), &"security".into()));
    assert_eq!(hec["sourcetype"], "auth_runtime:event");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64();
    assert!((now - hec["time"].as_f64().unwrap()).abs() < 60.0, "{hec}");
    let shown = format!("{events:?}");
    assert!(shown.contains("Splunk at 127.0.0.1") && !shown.contains(HEC_TOKEN), "{shown}");
}

#[tokio::test]
async fn an_attack_during_which_splunk_restarts_is_emitted_to_the_last_rejection() {
    let folder = folder("dies");
    let mut splunk = Collector::splunk().up();
    let events = events(Splunk::at(splunk.listener.url("/"), HEC_TOKEN).spool(&folder, 1 << 20));
    let server = server(&events).await;
    attack(&server, 50).await;
    splunk.has(|taken| !counted(taken).is_empty()).await;
    splunk.listener.kill();
    attack(&server, 150).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let kept: Vec<u8> = segments(&folder).iter().flat_map(|segment| std::fs::read(segment).unwrap()).collect();
    assert!(kept.len() > 10_000, "{}", kept.len());
    assert_no_token_in(&kept, &[&forged(), &server.good(), HEC_TOKEN, "garbage-garbage"]);
    splunk.listener.restart();
    attack(&server, 50).await;
    splunk.accounts_for(750, || events.dropped()).await;
    assert_eq!(events.dropped(), 0);
    assert!(counted(&splunk.taken()).values().all(|count| *count == 250), "{:?}", counted(&splunk.taken()));
    assert_eq!(segments(&folder), [""; 0].map(std::path::PathBuf::from), "nothing is left to be sent");
    assert_no_token_in(&splunk.bytes(), &[&forged(), &server.good(), HEC_TOKEN]);
}

#[tokio::test]
async fn a_busy_splunk_gets_the_batch_later_and_one_whose_response_is_lost_gets_it_twice() {
    let splunk = Collector::splunk().up();
    let events = events(Splunk::at(splunk.listener.url("/"), HEC_TOKEN));
    let server = server(&events).await;
    for mood in [Fault::Refuses(503), Fault::Refuses(429)] {
        splunk.is(mood);
        attack(&server, 10).await;
        let before = splunk.requests();
        tokio::time::sleep(Duration::from_secs(2)).await;
        let tries = splunk.requests() - before;
        assert!((1..=10).contains(&tries), "{tries} tries in two seconds");
        splunk.is(Fault::Takes);
    }
    splunk.accounts_for(60, || events.dropped()).await;
    splunk.is(Fault::TakesAndFails);
    attack(&server, 10).await;
    splunk.has(|taken| !is_unique(taken)).await;
    splunk.is(Fault::Takes);
    splunk.accounts_for(90, || events.dropped()).await;
    assert_eq!(events.dropped(), 0);
}

#[tokio::test]
async fn a_batch_without_an_acknowledgement_is_sent_again() {
    let splunk = Collector::splunk().up();
    splunk.is(Fault::Forgets);
    let url = splunk.listener.url("/");
    let events = events(Splunk::at(url, HEC_TOKEN).acknowledged(Duration::from_secs(1)));
    let server = server(&events).await;
    attack(&server, 20).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(splunk.taken().is_empty() && splunk.requests() > 3, "{}", splunk.requests());
    splunk.is(Fault::Takes);
    splunk.accounts_for(60, || events.dropped()).await;
    assert_eq!(events.dropped(), 0);
}

#[tokio::test]
async fn a_batch_that_is_too_long_is_sent_in_parts() {
    let splunk = Collector::splunk().up();
    splunk.is(Fault::TakesUpTo(5000));
    let events = events(Splunk::at(splunk.listener.url("/"), HEC_TOKEN));
    let server = server(&events).await;
    attack(&server, 30).await;
    splunk.accounts_for(90, || events.dropped()).await;
    assert_eq!(events.dropped(), 0);
}

#[tokio::test]
async fn a_batch_that_splunk_rejects_is_counted_and_not_sent_for_ever() {
    let splunk = Collector::splunk().up();
    splunk.is(Fault::Refuses(400));
    let events = events(Splunk::at(splunk.listener.url("/"), HEC_TOKEN));
    let server = server(&events).await;
    server.exchange(get("/me")).await;
    for _ in 0..500 {
        if events.dropped() >= 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // The notice of the start, and the rejection. The notice about dropped events does not count.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(events.dropped(), 2);
    assert!(splunk.taken().is_empty());
}

/// The token was changed in Splunk first, and an operator corrects it in the service later.
#[tokio::test]
async fn events_wait_while_splunk_does_not_accept_the_token() {
    for refused in [401, 403] {
        let splunk = Collector::splunk().up();
        splunk.is(Fault::Refuses(refused));
        let events = events(Splunk::at(splunk.listener.url("/"), HEC_TOKEN));
        let server = server(&events).await;
        attack(&server, 20).await;
        while splunk.requests() < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(events.dropped(), 0, "after {refused}");
        splunk.is(Fault::Takes);
        splunk.accounts_for(60, || events.dropped()).await;
        assert_eq!(events.dropped(), 0, "after {refused}");
    }
}

#[tokio::test]
async fn a_splunk_without_a_trusted_certificate_gets_nothing() {
    let (authority, splunk) = (Authority::new(), Collector::splunk().up());
    let url = format!("https://{}", authority.in_front_of(splunk.listener.address).await);
    let untrusting = events(Splunk::at(&url, HEC_TOKEN).root_certificate(Authority::called("Another").pem()));
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!((splunk.requests(), untrusting.dropped()), (0, 0), "events wait for a trusted one");
    let events = events(Splunk::at(&url, HEC_TOKEN).root_certificate(authority.pem()));
    splunk.has(|taken| !taken.is_empty()).await;
    assert_eq!(events.dropped(), 0);
}

#[tokio::test]
async fn a_stream_that_ends_sends_its_queue() {
    let splunk = Collector::splunk().up();
    let events = events(Splunk::at(splunk.listener.url("/"), HEC_TOKEN));
    tokio::task::spawn_blocking(move || drop(events)).await.unwrap();
    let notices: Vec<_> = splunk.taken().iter().map(|taken| taken["notice"].clone()).collect();
    assert_eq!(notices, ["started", "stopped"]);
}

#[test]
fn an_invalid_splunk_is_rejected_at_start_and_its_token_is_never_shown() {
    let refused = |splunk: Splunk| Events::builder().splunk(splunk).expect_err("no sink");
    for url in [
        "http://splunk.example.com:8088",
        "ftp://splunk.example.com",
        "splunk.example.com",
        "",
        "https://user:hunter2-hunter2@splunk.example.com",
        "https://splunk.example.com/?token=hunter2-hunter2",
    ] {
        let error = refused(Splunk::at(url, HEC_TOKEN));
        assert!(matches!(error, ConfigError::Url { .. }), "{error}");
        assert!(!error.to_string().contains("hunter2") && !error.to_string().contains(HEC_TOKEN), "{error}");
    }
    assert!(matches!(refused(Splunk::at("https://splunk.example.com", " ")), ConfigError::Empty(_)));
    let error = refused(Splunk::at("https://splunk.example.com", "two\nlines-of-a-token"));
    assert!(matches!(error, ConfigError::Sink { .. }) && !error.to_string().contains("lines"), "{error}");
    let soon = Splunk::at("https://splunk.example.com", HEC_TOKEN).acknowledged(Duration::ZERO);
    assert!(matches!(refused(soon), ConfigError::OutOfBounds { name: "acknowledged", .. }));
    let shown = format!("{:?}", Splunk::at("https://splunk.example.com", HEC_TOKEN));
    assert!(shown.contains("splunk.example.com") && !shown.contains(HEC_TOKEN), "{shown}");
    for url in ["https://user:hunter2@splunk.example.com/hunter2?hunter2#hunter2", "hunter2", "user:hunter2@splunk"] {
        let splunk = Splunk::at(url, HEC_TOKEN).root_certificate("hunter2");
        assert!(!format!("{splunk:?}").contains("hunter2"), "{splunk:?}");
    }
}
