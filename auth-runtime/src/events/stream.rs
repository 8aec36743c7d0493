//! The stream: a bounded queue, and a thread of its own that hands on what is in it. Nothing here is on a request's path.

use super::Reason;
use super::aloud::aloud;
use super::metrics;
#[cfg(feature = "pager")]
use super::tally::Sample;
use super::tally::{Detail, Tally};
use super::{AuthEvent, EventSink, Notice, NoticeKind};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many events may wait; at some 400 bytes each, below 2 MB.
const QUEUE: usize = 4096;

/// Notices are few, and must not wait behind a flood of events.
const NOTICES: usize = 256;

/// How often what was only counted is told.
const TICK: Duration = Duration::from_secs(1);

/// How long what still waits may take when the last verifier is gone, pages included.
const FLUSH: Duration = Duration::from_secs(4);

/// How many refusals of a kind are told one by one within a second. Beyond that one learns nothing from another, and
/// whoever floods us must not fill a disk.
const MOST: u64 = 100;

pub(super) struct Stream {
    /// `None` only while it is dropped.
    queue: Option<SyncSender<Box<AuthEvent>>>,
    shared: Arc<Shared>,
    /// Closed by the thread when it has told everything.
    told: Mutex<Receiver<()>>,
}

/// Hears of each notice, after the sinks.
pub(super) type Listener = Box<dyn Fn(&Notice) + Send>;

pub(super) struct Shared {
    sinks: Vec<Box<dyn EventSink>>,
    tally: Arc<Tally>,
    notices: Mutex<Vec<Notice>>,
    lost: AtomicU64,
    /// How many events are in the queue.
    waiting: AtomicUsize,
    /// How often the thread has been around: it stands still while a sink blocks.
    rounds: AtomicU64,
}

/// What was said of events that were lost: how many, and whether there were some at the last tick.
#[derive(Default)]
struct Said {
    lost: u64,
    /// Of these, how many the sinks have lost after they had taken them.
    by_sinks: u64,
    losing: bool,
}

impl Stream {
    /// `listener` is made of what it may look at.
    pub(super) fn start(
        sinks: Vec<Box<dyn EventSink>>,
        tally: Arc<Tally>,
        name: String,
        listener: impl FnOnce(Arc<Shared>) -> io::Result<Listener>,
    ) -> io::Result<Self> {
        let (lost, rounds) = (AtomicU64::new(0), AtomicU64::new(0));
        let (notices, waiting) = (Mutex::default(), AtomicUsize::new(0));
        let shared = Arc::new(Shared { sinks, tally, notices, lost, waiting, rounds });
        let listener = listener(Arc::clone(&shared))?;
        let (queue, events) = sync_channel(QUEUE);
        let (done, told) = channel();
        let teller = Arc::clone(&shared);
        std::thread::Builder::new().name("auth-events".to_owned()).spawn(move || {
            let _done = done;
            teller.run(&events, &name, &listener);
            // Before the end is said: a page may still be on its way.
            drop(listener);
        })?;
        Ok(Self { queue: Some(queue), shared, told: Mutex::new(told) })
    }

    /// Counts a refusal, and tells it if not enough of its kind were told. `event` is made only then.
    pub(super) fn refused(&self, reason: Reason, route: Option<&str>, event: impl FnOnce() -> AuthEvent) {
        let Shared { tally, waiting, .. } = &*self.shared;
        if tally.refused(reason, route, MOST) == Detail::Counted {
            return;
        }
        let event = Box::new(event());
        // Before it is in there: the thread must not take out what was not counted yet.
        let now = waiting.fetch_add(1, Ordering::Relaxed) + 1;
        let sent = self.queue.as_ref().map(|queue| queue.try_send(event));
        if let Some(Ok(())) = sent {
            metrics::waiting(now);
        } else {
            waiting.fetch_sub(1, Ordering::Relaxed);
        }
        match sent {
            Some(Ok(())) => {}
            // P7: what finds no room is in the next summary.
            Some(Err(TrySendError::Full(_))) => tally.found_no_room(reason, route),
            // P7: the thread is gone, and nobody tells anything any more but this count.
            Some(Err(TrySendError::Disconnected(_))) | None => self.shared.lose(1),
        }
    }

    pub(super) fn notice(&self, notice: &Notice) {
        let mut notices = self.shared.notices.lock().unwrap_or_else(PoisonError::into_inner);
        if notices.len() < NOTICES {
            notices.push(notice.clone());
        } else {
            self.shared.lose(1);
        }
    }

    pub(super) fn lost(&self) -> u64 {
        self.shared.lost()
    }
}

impl Shared {
    /// What was never told, and what was lost on the way.
    fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed) + self.lost_by_sinks()
    }

    fn lost_by_sinks(&self) -> u64 {
        let sinks = self.sinks.iter().map(|sink| catch_unwind(AssertUnwindSafe(|| sink.lost())).unwrap_or_default());
        sinks.sum()
    }

    #[cfg(feature = "pager")]
    pub(super) fn sample(&self) -> Sample {
        let rounds = self.rounds.load(Ordering::Relaxed);
        Sample { totals: self.tally.totals(), lost: self.lost(), rounds }
    }

    fn run(&self, events: &Receiver<Box<AuthEvent>>, name: &str, listener: &Listener) {
        let mut said = Said::default();
        self.tell(1, |sink| sink.notice(&Notice::new(NoticeKind::Started, None, format!("heard by {name}"))));
        let mut tick = Instant::now() + TICK;
        loop {
            match events.recv_timeout(tick.saturating_duration_since(Instant::now())) {
                Ok(event) => {
                    self.waiting.fetch_sub(1, Ordering::Relaxed);
                    self.tell(1, |sink| sink.record(&event));
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            // Also in a flood, which leaves the queue never empty.
            if Instant::now() >= tick {
                self.tick(&mut said, listener);
                tick = Instant::now() + TICK;
            }
        }
        self.tick(&mut said, listener);
        self.tell(1, |sink| sink.notice(&Notice::new(NoticeKind::Stopped, None, "")));
    }

    fn tick(&self, said: &mut Said, listener: &Listener) {
        self.rounds.fetch_add(1, Ordering::Relaxed);
        metrics::round(self.waiting.load(Ordering::Relaxed));
        let notices = std::mem::take(&mut *self.notices.lock().unwrap_or_else(PoisonError::into_inner));
        for notice in notices {
            self.tell(1, |sink| sink.notice(&notice));
            listener(&notice);
        }
        for summary in self.tally.summaries() {
            self.tell(summary.more, |sink| sink.summary(&summary));
        }
        let by_sinks = self.lost_by_sinks();
        metrics::lost(by_sinks.saturating_sub(said.by_sinks));
        let lost = self.lost.load(Ordering::Relaxed) + by_sinks;
        let losing = lost > said.lost;
        // P7: the sinks are told below, and one that fails may be the only one. Once an outage, not once a second.
        if losing && !said.losing {
            aloud(&format!("events are lost, {lost} since the start: a sink does not take them"));
        }
        *said = Said { lost, by_sinks, losing };
        if losing {
            let notice = Notice::new(NoticeKind::EventsLost, None, format!("{lost} since the start"));
            self.tell(1, |sink| sink.notice(&notice));
        }
    }

    /// P7: a sink that fails costs what it was told, is counted as the `events` that this stood for, and keeps nothing from
    /// the others.
    fn tell(&self, events: u64, what: impl Fn(&dyn EventSink) -> io::Result<()>) {
        for sink in &self.sinks {
            let outcome = catch_unwind(AssertUnwindSafe(|| what(&**sink)));
            if !matches!(outcome, Ok(Ok(()))) {
                self.lose(events);
            }
        }
    }

    fn lose(&self, events: u64) {
        self.lost.fetch_add(events, Ordering::Relaxed);
        metrics::lost(events);
    }
}

/// Waits, for a while, until what was recorded is told.
impl Drop for Stream {
    fn drop(&mut self) {
        self.queue = None;
        // Nothing is ever sent: it ends when the thread does.
        let told = self.told.get_mut().unwrap_or_else(PoisonError::into_inner).recv_timeout(FLUSH);
        if told == Err(RecvTimeoutError::Timeout) {
            aloud("the stream of refusals was not told to its end");
        }
        // Here, and not when the last of the threads lets go of them: nobody would wait for that.
        for sink in &self.shared.sinks {
            let _ = catch_unwind(AssertUnwindSafe(|| sink.flush()));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::events::{AuthEvent, EventSink, Events, Notice, NoticeKind, Reason, Summary};
    use serde_json::Value;
    use std::io::{self, Write};
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::sync::{Arc, Mutex};
    use std::time::{Duration, Instant};

    /// Takes lines only when it is told to, as a pipe does that somebody reads now and then.
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
        events.refused(reason, None, || AuthEvent::example(reason));
    }

    const FORGED: Reason = Reason::BadSignature;

    fn lines(taken: &Mutex<Vec<u8>>) -> Vec<Value> {
        let text = String::from_utf8(taken.lock().unwrap().clone()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// How many refusals the lines tell of, one by one and in sums.
    fn told(lines: &[Value], reason: &str) -> (u64, u64) {
        let lines = lines.iter().filter(|line| line["reason"] == reason);
        let (sums, events): (Vec<_>, Vec<_>) = lines.partition(|line| line.get("more").is_some());
        (events.len() as u64, sums.iter().map(|sum| sum["more"].as_u64().unwrap()).sum())
    }

    #[test]
    fn a_flood_is_counted_to_the_last_and_told_in_part() {
        let (events, reader, taken) = pipe();
        drop(reader);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..25_000).for_each(|_| refuse(&events, FORGED)));
            }
        });
        refuse(&events, Reason::MissingCredentials);
        assert_eq!(events.lost(), 0);
        drop(events);
        let lines = lines(&taken);
        let (one_by_one, in_sums) = told(&lines, "bad_signature");
        assert_eq!(one_by_one + in_sums, 100_000);
        assert!((100..50_000).contains(&one_by_one), "{one_by_one}");
        assert_eq!(told(&lines, "missing_credentials"), (1, 0), "a flood of one kind drowns no other");
        assert_eq!(lines.first().unwrap()["notice"], "started");
        assert_eq!(lines.last().unwrap()["notice"], "stopped");
    }

    #[test]
    fn a_pipe_that_nobody_reads_stops_nobody_and_costs_no_count() {
        let (events, reader, taken) = pipe();
        for reason in Reason::ALL {
            (0..1000).for_each(|_| refuse(&events, *reason));
        }
        drop(reader);
        drop(events);
        for reason in Reason::ALL {
            let (one_by_one, in_sums) = told(&lines(&taken), reason.as_str());
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
    fn a_sink_that_fails_keeps_nothing_from_the_others_and_they_say_so() {
        let taken = Arc::new(Mutex::new(Vec::new()));
        let pipe = Pipe { go: channel().1, taken: Arc::clone(&taken) };
        let events = Events::builder().sink(Full).writer(pipe).build().unwrap();
        refuse(&events, FORGED);
        drop(events);
        let lines = lines(&taken);
        assert_eq!(told(&lines, "bad_signature"), (1, 0));
        let lost = lines.iter().find(|line| line["notice"] == "events_lost").unwrap();
        assert_eq!(lost["detail"], "2 since the start", "that it has started, and the refusal");
    }

    /// Takes nothing at all.
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
    fn a_summary_that_is_lost_is_as_many_events_as_it_stood_for() {
        let events = Events::sink(Nothing);
        (0..100_000).for_each(|_| refuse(&events, FORGED));
        let started = Instant::now();
        while events.lost() < 100_000 {
            assert!(started.elapsed() < Duration::from_secs(5), "{} lost", events.lost());
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
            assert!(started.elapsed() < Duration::from_secs(20), "never told");
        }
    }
}
