//! Tests of the stream's promises, from the inside.

use crate::{AuthEvent, EventSink, Events, Notice, NoticeKind, Reason, Summary};
use serde_json::Value;
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Takes a line only when the test allows it, as a pipe with a slow reader.
struct Pipe {
    go: Receiver<()>,
    taken: Arc<Mutex<Vec<u8>>>,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // When the other end is gone, everything is let through.
        let _ = self.go.recv();
        self.taken.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn pipe() -> (Events, Sender<()>, Arc<Mutex<Vec<u8>>>) {
    let (reader, go) = channel();
    let taken = Arc::new(Mutex::new(Vec::new()));
    (Events::writer(Pipe { go, taken: Arc::clone(&taken) }), reader, taken)
}

fn refuse(events: &Events, reason: Reason) {
    events.refused(reason.into(), None, || AuthEvent::example(reason));
}

const FORGED: Reason = Reason::BadSignature;

fn lines(taken: &Mutex<Vec<u8>>) -> Vec<Value> {
    let text = String::from_utf8(taken.lock().unwrap().clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Returns how many rejections of a reason the lines hold, as events and in summaries.
fn emitted(lines: &[Value], reason: &str) -> (u64, u64) {
    let lines = lines.iter().filter(|line| line["reason"] == reason);
    let (sums, events): (Vec<_>, Vec<_>) = lines.partition(|line| line.get("suppressed").is_some());
    (events.len() as u64, sums.iter().map(|sum| sum["suppressed"].as_u64().unwrap()).sum())
}

#[test]
fn a_flood_is_counted_exactly_and_emitted_in_part() {
    let (events, reader, taken) = pipe();
    drop(reader);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..25_000).for_each(|_| refuse(&events, FORGED)));
        }
    });
    refuse(&events, Reason::MissingCredentials);
    assert_eq!(events.dropped(), 0);
    drop(events);
    let lines = lines(&taken);
    let (one_by_one, in_sums) = emitted(&lines, "bad_signature");
    assert_eq!(one_by_one + in_sums, 100_000);
    assert!((100..50_000).contains(&one_by_one), "{one_by_one}");
    let sums = lines.iter().filter(|line| line.get("suppressed").is_some());
    assert!(sums.into_iter().all(|sum| sum["emitted"] == 100), "{lines:?}");
    assert_eq!(emitted(&lines, "missing_credentials"), (1, 0), "a flood of one kind drowns no other");
    assert_eq!(lines.first().unwrap()["notice"], "started");
    assert_eq!(lines.last().unwrap()["notice"], "stopped");
}

#[test]
fn a_pipe_that_is_not_read_blocks_no_request_and_costs_no_count() {
    let (events, reader, taken) = pipe();
    for reason in Reason::ALL {
        (0..1000).for_each(|_| refuse(&events, *reason));
    }
    drop(reader);
    drop(events);
    for reason in Reason::ALL {
        let (one_by_one, in_sums) = emitted(&lines(&taken), reason.as_str());
        assert_eq!(one_by_one + in_sums, 1000, "{reason}");
    }
}

struct Full;

impl EventSink for Full {
    fn record(&self, _: &AuthEvent) -> io::Result<()> {
        Err(io::Error::other("disk full"))
    }

    fn notice(&self, _: &Notice) -> io::Result<()> {
        Err(io::Error::other("disk full"))
    }
}

#[test]
fn the_other_sinks_of_one_that_fails_get_all_events_and_a_notice() {
    let taken = Arc::new(Mutex::new(Vec::new()));
    let pipe = Pipe { go: channel().1, taken: Arc::clone(&taken) };
    let events = Events::builder().sink(Full).writer(pipe).build().unwrap();
    refuse(&events, FORGED);
    drop(events);
    let lines = lines(&taken);
    assert_eq!(emitted(&lines, "bad_signature"), (1, 0));
    let notice = lines.iter().find(|line| line["notice"] == "events_dropped").unwrap();
    assert_eq!(notice["detail"], "2 since the start", "that it has started, and the refusal");
}

#[test]
fn discarded_events_are_counted_and_never_made() {
    let events = Events::discard("a test");
    events.refused(FORGED.into(), None, || panic!("an event is made"));
    events.notice(&Notice::new(NoticeKind::KeySetUnavailable, None, "down"));
    assert_eq!((events.counts().invalid, events.dropped()), (1, 0));
    assert_eq!(events.destination(), "discarded: a test");
}

/// Takes no record.
struct Nothing;

impl EventSink for Nothing {
    fn record(&self, _: &AuthEvent) -> io::Result<()> {
        Err(io::Error::other("disk full"))
    }

    fn notice(&self, _: &Notice) -> io::Result<()> {
        Err(io::Error::other("disk full"))
    }

    fn summary(&self, _: &Summary) -> io::Result<()> {
        Err(io::Error::other("disk full"))
    }
}

#[test]
fn a_dropped_summary_counts_as_the_events_that_it_stands_for() {
    let events = Events::sink(Nothing);
    (0..100_000).for_each(|_| refuse(&events, FORGED));
    let started = Instant::now();
    while events.dropped() < 100_000 {
        assert!(started.elapsed() < Duration::from_secs(5), "{} dropped", events.dropped());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_notice_does_not_wait_behind_a_flood() {
    let (events, reader, taken) = pipe();
    drop(reader);
    events.notice(&Notice::new(NoticeKind::KeySetUnavailable, None, "down"));
    let started = Instant::now();
    while !lines(&taken).iter().any(|line| line["notice"] == "key_set_unavailable") {
        (0..1000).for_each(|_| refuse(&events, FORGED));
        assert!(started.elapsed() < Duration::from_secs(20), "it was never emitted");
    }
}
