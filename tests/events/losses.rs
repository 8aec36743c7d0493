//! P7: losses are counted exactly. The notice of a loss is not one, in the stream and in each network sink.

use super::collector::{Collector, HEC_TOKEN, Mood, folder, server};
use super::shutdown::{Stderr, run};
use crate::support::get;
use auth_runtime::{AuthEvent, EventSink, Events, Notice, NoticeKind, Otlp, Splunk, Summary};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Fails always, and counts how often it was given the notice of a loss.
#[derive(Clone, Default)]
struct Failing(Arc<AtomicU64>);

impl EventSink for Failing {
    fn record(&self, _: &AuthEvent) -> io::Result<()> {
        Err(io::Error::other("disk full"))
    }

    fn summary(&self, _: &Summary) -> io::Result<()> {
        Err(io::Error::other("disk full"))
    }

    fn notice(&self, notice: &Notice) -> io::Result<()> {
        if notice.notice == NoticeKind::EventsDropped {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
        Err(io::Error::other("disk full"))
    }
}

async fn until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..1500 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("not in 30 seconds: {what}");
}

#[tokio::test]
async fn the_notice_of_a_loss_is_not_counted_as_one_by_the_stream() {
    let failing = Failing::default();
    let events = Events::sink(failing.clone());
    let server = server(&events).await;
    for refused in 1..=3 {
        server.exchange(get("/me")).await;
        until("the loss", || events.dropped() > refused).await;
        until("its notice", || failing.0.load(Ordering::SeqCst) >= refused).await;
        // That the stream has started, and the refusals.
        assert_eq!(events.dropped(), refused + 1);
    }
    // Further ticks.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(events.dropped(), 4);
}

/// Three refusals of which the receiver takes none, and what is lost a while after that.
async fn three_that_are_rejected(events: &Events) {
    let server = server(events).await;
    for _ in 0..3 {
        server.exchange(get("/me")).await;
    }
    until("the loss", || events.dropped() >= 4).await;
    // The notices of the loss are rejected as well.
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(events.dropped(), 4, "that it has started, and the refusals");
}

#[tokio::test]
async fn a_collector_that_rejects_every_record_is_counted_exactly() {
    let all_at_most = [-1, 500, i64::MAX];
    for rejected in all_at_most {
        let collector = Collector::otlp().up();
        collector.is(Mood::RejectsAll(rejected, "no index"));
        let events = Events::builder().otlp(Otlp::at(collector.listener.url("/"))).unwrap().build().unwrap();
        three_that_are_rejected(&events).await;
    }
}

#[tokio::test]
async fn a_splunk_that_refuses_every_batch_is_counted_exactly() {
    let splunk = Collector::splunk().up();
    splunk.is(Mood::Refuses(400));
    let events = Events::builder().splunk(Splunk::at(splunk.listener.url("/"), HEC_TOKEN)).unwrap().build().unwrap();
    three_that_are_rejected(&events).await;
}

/// A notice of a loss that was in a spool is still none.
#[tokio::test]
async fn a_notice_of_a_loss_from_a_spool_is_not_counted_as_one() {
    let (folder, splunk) = (folder("notice-of-a-loss"), Collector::splunk().up());
    splunk.is(Mood::Refuses(503));
    let sink = Splunk::at(splunk.listener.url("/"), HEC_TOKEN).spool(&folder, 1 << 20);
    let events = Events::builder().sink(Failing::default()).splunk(sink).unwrap().build().unwrap();
    let server = server(&events).await;
    server.exchange(get("/me")).await;
    let spooled = |what: &str| {
        let segments = super::collector::segments(&folder);
        segments.iter().any(|segment| std::fs::read_to_string(segment).is_ok_and(|text| text.contains(what)))
    };
    until("the notice in the spool", || folder.exists() && spooled("events_dropped")).await;
    // From the other sink: that the stream has started, and the refusal.
    assert_eq!(events.dropped(), 2);
    splunk.is(Mood::Refuses(400));
    until("the spool is empty", || super::collector::segments(&folder).is_empty()).await;
    until("the loss", || events.dropped() >= 4).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(events.dropped(), 4, "the same two once more");
}

const HOSTILE: &str = "no\nauth-runtime: all is well \u{1b}[2J\u{202e} Splunk b0f1c2d3-4e5f-4a6b-8c7d-9e0f1a2b3c4d";

/// What a process with this sink writes to stderr.
fn said(kind: &str, url: &str) -> String {
    run(&[format!("{kind}={url}")], Stderr::Read).stderr
}

#[test]
fn the_receivers_own_words_are_in_the_diagnostics_escaped_and_without_the_credential() {
    let (splunk, otlp) = (Collector::splunk().up(), Collector::otlp().up());
    splunk.is(Mood::RefusesWith(400, HOSTILE));
    otlp.is(Mood::RejectsAll(-1, HOSTILE));
    let told = [said("splunk", &splunk.listener.url("/")), said("otlp", &otlp.listener.url("/"))];
    otlp.is(Mood::RefusesWith(400, HOSTILE));
    for said in told.iter().chain([&said("otlp", &otlp.listener.url("/"))]) {
        assert!(said.contains(r"no\nauth-runtime: all is well \u{1b}[2J\u{202e}"), "{said}");
        assert!(said.lines().all(|line| line.starts_with("auth-runtime: ")), "{said}");
        assert!(!said.contains("\nauth-runtime: all is well"), "{said}");
    }
    assert!(told[0].contains("(code 7)") && !told[0].contains(HEC_TOKEN), "{}", told[0]);
    assert!(told[0].contains("Splunk [credential]"), "{}", told[0]);
}
