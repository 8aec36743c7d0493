//! P7: dropped events are counted exactly, and the notice about them does not count as one.

use super::collector::{Collector, Fault, HEC_TOKEN, folder, server};
use super::shutdown::{Stderr, run};
use crate::support::get;
use auth_runtime::events::{EventSink, Notice, NoticeKind, Otlp, Splunk, Summary};
use auth_runtime::{AuthEvent, Events};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Always fails, and counts the notices about dropped events.
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
async fn the_stream_does_not_count_the_notice_about_dropped_events() {
    let failing = Failing::default();
    let events = Events::sink(failing.clone());
    let server = server(&events).await;
    for refused in 1..=3 {
        server.exchange(get("/me")).await;
        until("a dropped event", || events.dropped() > refused).await;
        until("the notice about dropped events", || failing.0.load(Ordering::SeqCst) >= refused).await;
        // The notice of the start, and the rejections.
        assert_eq!(events.dropped(), refused + 1);
    }
    // Further ticks.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(events.dropped(), 4);
}

/// Sends three requests whose events the receiver rejects, and waits for further drops.
async fn assert_three_rejections_are_dropped(events: &Events) {
    let server = server(events).await;
    for _ in 0..3 {
        server.exchange(get("/me")).await;
    }
    until("the loss", || events.dropped() >= 4).await;
    // The notices about dropped events are rejected as well.
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(events.dropped(), 4, "the notice of the start, and the rejections");
}

#[tokio::test]
async fn a_collector_that_rejects_every_record_is_counted_exactly() {
    let all_at_most = [-1, 500, i64::MAX];
    for rejected in all_at_most {
        let collector = Collector::otlp().up();
        collector.is(Fault::RejectsAll(rejected, "no index"));
        let events = Events::builder().otlp(Otlp::at(collector.listener.url("/"))).unwrap().build().unwrap();
        assert_three_rejections_are_dropped(&events).await;
    }
}

#[tokio::test]
async fn a_splunk_that_rejects_every_batch_is_counted_exactly() {
    let splunk = Collector::splunk().up();
    splunk.is(Fault::Refuses(400));
    let events = Events::builder().splunk(Splunk::at(splunk.listener.url("/"), HEC_TOKEN)).unwrap().build().unwrap();
    assert_three_rejections_are_dropped(&events).await;
}

/// The kind of a notice is also known after it was in a spool.
#[tokio::test]
async fn a_notice_about_dropped_events_from_a_spool_is_not_counted() {
    let (folder, splunk) = (folder("notice-of-a-loss"), Collector::splunk().up());
    splunk.is(Fault::Refuses(503));
    let sink = Splunk::at(splunk.listener.url("/"), HEC_TOKEN).spool(&folder, 1 << 20);
    let events = Events::builder().sink(Failing::default()).splunk(sink).unwrap().build().unwrap();
    let server = server(&events).await;
    server.exchange(get("/me")).await;
    let spooled = |what: &str| {
        let segments = super::collector::segments(&folder);
        segments.iter().any(|segment| std::fs::read_to_string(segment).is_ok_and(|text| text.contains(what)))
    };
    until("the notice in the spool", || folder.exists() && spooled("events_dropped")).await;
    // From the other sink: the notice of the start, and the rejection.
    assert_eq!(events.dropped(), 2);
    splunk.is(Fault::Refuses(400));
    until("the spool is empty", || super::collector::segments(&folder).is_empty()).await;
    until("the loss", || events.dropped() >= 4).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(events.dropped(), 4, "the same two events, now of the spool");
}

const HOSTILE: &str = "no\nauth-runtime: all is well \u{1b}[2J\u{202e} Splunk b0f1c2d3-4e5f-4a6b-8c7d-9e0f1a2b3c4d";

/// Runs a process with this sink, and returns its stderr.
fn diagnostics(kind: &str, url: &str) -> String {
    run(&[format!("{kind}={url}")], Stderr::Read).stderr
}

#[test]
fn the_receivers_message_is_in_the_diagnostics_escaped_and_without_the_credential() {
    let (splunk, otlp) = (Collector::splunk().up(), Collector::otlp().up());
    splunk.is(Fault::RefusesWith(400, HOSTILE));
    otlp.is(Fault::RejectsAll(-1, HOSTILE));
    let reports = [diagnostics("splunk", &splunk.listener.url("/")), diagnostics("otlp", &otlp.listener.url("/"))];
    otlp.is(Fault::RefusesWith(400, HOSTILE));
    for text in reports.iter().chain([&diagnostics("otlp", &otlp.listener.url("/"))]) {
        assert!(text.contains(r"no\nauth-runtime: all is well \u{1b}[2J\u{202e}"), "{text}");
        assert!(text.lines().all(|line| line.starts_with("auth-runtime: ")), "{text}");
        assert!(!text.contains("\nauth-runtime: all is well"), "{text}");
    }
    assert!(reports[0].contains("(code 7)") && !reports[0].contains(HEC_TOKEN), "{}", reports[0]);
    assert!(reports[0].contains("Splunk [credential]"), "{}", reports[0]);
}
