//! The thread that sends: batches, tries again, and keeps what can't be sent yet. It never keeps the stream waiting.

use super::backlog::{Backlog, Batch};
use super::record::{Line, Record, Records};
use super::spool::Spool;
use crate::base::ConfigError;
use crate::base::http::backoff::backoff;
use crate::events::{AuthEvent, EventSink, Notice, NoticeKind, Summary};
use std::io::{self, Write};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::{Instant, sleep_until, timeout_at};

/// How many may wait for the thread, which takes them out at once, whether the far side is up or not.
const QUEUE: usize = 4096;
/// A batch is sent when it has so many records, or so many bytes, or its oldest has waited for so long.
const LINES: usize = 500;
const BYTES: usize = 512 * 1024;
const LINGER: Duration = Duration::from_millis(500);
/// How long it waits after the first failure, and at most.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How long what still waits may take when the stream ends.
const FLUSH: Duration = Duration::from_secs(2);
/// How often losses are said at most. Each is counted.
const SAID_EVERY: Duration = Duration::from_secs(10);

/// How records are said to somebody.
pub(in crate::events) trait Protocol: Send + 'static {
    /// For people: without secrets.
    fn name(&self) -> String;

    /// Sends them once. It may be dropped while it waits; they are then sent again.
    fn send(&mut self, records: &[Record]) -> impl Future<Output = Outcome>;
}

/// What became of a batch.
#[derive(Debug)]
pub(in crate::events) enum Outcome {
    /// It is there, but for so many records that were refused.
    Taken(u64),
    /// It may arrive later; not before that long, if the far side has said so.
    Later(String, Option<Duration>),
    /// It may arrive in smaller parts.
    TooLong(String),
    /// It won't arrive.
    Never(String),
}

/// A sink: hands records to its thread.
pub(in crate::events) struct Delivery {
    records: Arc<Records>,
    /// `None` when the stream has ended.
    queue: Mutex<Option<Sender<Line>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    lost: Arc<AtomicU64>,
}

impl Delivery {
    pub(super) fn start(protocol: impl Protocol, spool: Option<(PathBuf, u64)>) -> Result<Self, ConfigError> {
        const LEAST: u64 = 64 * 1024;
        let spool = match spool {
            Some((_, most)) if most < LEAST => {
                return Err(ConfigError::OutOfBounds { name: "spool", why: "64 KiB at least" });
            }
            Some((path, most)) => Some(
                Spool::open(&path, most).map_err(|error| ConfigError::EventFile { path, why: error.to_string() })?,
            ),
            None => None,
        };
        let name = protocol.name();
        Self::spawn(protocol, Backlog::new(spool)).map_err(|error| ConfigError::Sink { name, why: error.to_string() })
    }

    fn spawn(protocol: impl Protocol, backlog: Backlog) -> io::Result<Self> {
        let (queue, waiting) = channel(QUEUE);
        let (lost, records) = (Arc::<AtomicU64>::default(), Arc::new(Records::new()?));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let sender = Courier {
            name: protocol.name(),
            protocol,
            queue: waiting,
            backlog,
            records: Arc::clone(&records),
            lost: Arc::clone(&lost),
            said: (0, None),
            told: 0,
            since: None,
            failures: 0,
            not_before: None,
            most_lines: LINES,
            end: None,
        };
        let thread = std::thread::Builder::new().name("auth-sink".to_owned()).spawn(move || {
            runtime.block_on(sender.run());
            // Not a drop: that would wait for a name server that doesn't answer.
            runtime.shutdown_background();
        })?;
        Ok(Self { records, queue: Mutex::new(Some(queue)), thread: Mutex::new(Some(thread)), lost })
    }

    /// P7: what finds no room is counted here, and not by the stream: it is told, as far as the stream can know.
    fn put(&self, line: Line) {
        let weight = line.weight;
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if queue.as_ref().is_none_or(|queue| queue.try_send(line).is_err()) {
            self.lost.fetch_add(weight, Ordering::Relaxed);
        }
    }
}

impl EventSink for Delivery {
    fn record(&self, event: &AuthEvent) -> io::Result<()> {
        self.records.event(event).map(|line| self.put(line))
    }

    fn summary(&self, summary: &Summary) -> io::Result<()> {
        self.records.summary(summary).map(|line| self.put(line))
    }

    fn notice(&self, notice: &Notice) -> io::Result<()> {
        let mut line = self.records.notice(notice)?;
        if notice.notice == NoticeKind::EventsLost {
            // Else it would make itself true each second. The number in it is in the next one too.
            line.weight = 0;
        }
        self.put(line);
        Ok(())
    }

    fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    fn flush(&self) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        // It gives up by itself in time.
        let _ = thread.map(JoinHandle::join);
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        self.flush();
    }
}

/// What the thread runs.
struct Courier<P> {
    name: String,
    protocol: P,
    queue: Receiver<Line>,
    backlog: Backlog,
    records: Arc<Records>,
    lost: Arc<AtomicU64>,
    /// How many losses were said, and when.
    said: (u64, Option<Instant>),
    /// How many losses the far side was told of.
    told: u64,
    /// Since when something waits in memory.
    since: Option<Instant>,
    /// Failures in a row; the far side is down while there are any.
    failures: u32,
    not_before: Option<Instant>,
    /// Smaller after a batch that was too long.
    most_lines: usize,
    /// When it has to be over; known once the stream has ended.
    end: Option<Instant>,
}

impl<P: Protocol> Courier<P> {
    async fn run(mut self) {
        loop {
            self.drain();
            self.count();
            let now = Instant::now();
            let due = self.due(now);
            match (due, self.end) {
                (None, Some(_)) => break,
                (_, Some(end)) if end <= now => break,
                (Some(due), _) if due <= now => {
                    self.send().await;
                    continue;
                }
                _ => {}
            }
            // Something always wakes it: an hour is for a far side that is up and has nothing to get.
            let wake = [due, self.end].into_iter().flatten().min().unwrap_or(now + Duration::from_hours(1));
            if self.end.is_some() {
                sleep_until(wake).await;
            } else if let Ok(line) = timeout_at(wake, self.queue.recv()).await {
                self.heard(line);
            }
        }
        if let Err(error) = self.backlog.close() {
            aloud(&format!("some of what waits for {} will be sent twice: {error}", self.name));
        }
        self.said.1 = None;
        self.count();
    }

    /// When the next batch is to be sent, if there is one.
    fn due(&self, now: Instant) -> Option<Instant> {
        if self.backlog.is_empty() {
            return None;
        }
        let full = self.backlog.spooled() || self.backlog.fresh() >= self.most_lines || self.end.is_some();
        let due = if full { now } else { self.since.map_or(now, |since| since + LINGER) };
        Some(self.not_before.map_or(due, |not_before| due.max(not_before)))
    }

    /// So many at most: others have to get their turn.
    fn drain(&mut self) {
        for _ in 0..QUEUE {
            match self.queue.try_recv() {
                Ok(line) => self.heard(Some(line)),
                Err(TryRecvError::Disconnected) => return self.heard(None),
                Err(TryRecvError::Empty) => return,
            }
        }
    }

    fn heard(&mut self, line: Option<Line>) {
        match line {
            Some(line) => {
                self.since.get_or_insert_with(Instant::now);
                self.backlog.push(line);
                if self.failures > 0 {
                    self.backlog.spill();
                }
            }
            None if self.end.is_none() => {
                self.end = Some(Instant::now() + FLUSH);
                // A last try now.
                self.not_before = None;
            }
            None => {}
        }
    }

    async fn send(&mut self) {
        let Some(batch) = self.backlog.take(self.most_lines, BYTES) else { return };
        self.since = None;
        let records: Vec<Record> =
            batch.lines().iter().filter_map(|line| serde_json::from_str(&line.text).ok()).collect();
        let Self { protocol, queue, backlog, end, failures, since, .. } = self;
        let outcome = {
            let mut sending = pin!(protocol.send(&records));
            loop {
                let until = end.unwrap_or_else(|| Instant::now() + Duration::from_hours(1));
                tokio::select! {
                    outcome = &mut sending => break outcome,
                    line = queue.recv(), if end.is_none() => match line {
                        Some(line) => {
                            since.get_or_insert_with(Instant::now);
                            backlog.push(line);
                            if *failures > 0 {
                                backlog.spill();
                            }
                        }
                        None => *end = Some(Instant::now() + FLUSH),
                    },
                    // It may have arrived; that is not known, so it stays.
                    () = sleep_until(until), if end.is_some() => {
                        break Outcome::Later("the stream has ended".to_owned(), None);
                    }
                }
            }
        };
        self.came_back(batch, outcome);
    }

    fn came_back(&mut self, batch: Batch, outcome: Outcome) {
        match outcome {
            Outcome::Taken(refused) => {
                self.backlog.done(&batch);
                self.lose(refused);
                if self.failures > 0 {
                    aloud(&format!("{} takes events again", self.name));
                }
                (self.failures, self.not_before) = (0, None);
                self.confess();
            }
            Outcome::Later(why, wait) => {
                if self.failures == 0 {
                    // P7: said when it begins, not each time.
                    aloud(&format!("{} takes no events: {why}; they wait", self.name));
                }
                self.failures = self.failures.saturating_add(1);
                let wait =
                    wait.unwrap_or_default().min(LONGEST_WAIT).max(backoff(FIRST_WAIT, LONGEST_WAIT, self.failures));
                self.not_before = Some(Instant::now() + wait);
                self.backlog.put_back(batch);
                self.backlog.spill();
            }
            Outcome::TooLong(_) if batch.lines().len() > 1 => {
                self.most_lines = batch.lines().len() / 2;
                self.backlog.put_back(batch);
            }
            Outcome::TooLong(why) | Outcome::Never(why) => {
                let weight = batch.weight();
                self.backlog.done(&batch);
                self.lose(weight);
                if self.said.1.is_none_or(|said| said.elapsed() >= SAID_EVERY) {
                    aloud(&format!("{} refuses events: {why}", self.name));
                }
                // Each batch would meet the same answer; there is no hurry to hear it.
                self.not_before = Some(Instant::now() + FIRST_WAIT);
            }
        }
    }

    /// P7: whoever watches only there hears of what is missing there. The stream's own notice may have found no room.
    fn confess(&mut self) {
        let lost = self.lost.load(Ordering::Relaxed);
        if lost > self.told {
            self.told = lost;
            let detail = format!("{lost} since the start, on their way to {}", self.name);
            if let Ok(line) = self.records.notice(&Notice::new(NoticeKind::EventsLost, None, detail)) {
                self.heard(Some(Line { weight: 0, ..line }));
            }
        }
    }

    fn lose(&self, events: u64) {
        self.lost.fetch_add(events, Ordering::Relaxed);
    }

    /// P7: what is lost is counted, and said.
    fn count(&mut self) {
        let found = self.backlog.lost();
        self.lose(found);
        let lost = self.lost.load(Ordering::Relaxed);
        let (said, when) = self.said;
        if lost > said && when.is_none_or(|when| when.elapsed() >= SAID_EVERY) {
            aloud(&format!("events that have not reached {}, since the start: {lost}", self.name));
            self.said = (lost, Some(Instant::now()));
        }
    }
}

/// To stderr, and where the service's other diagnostics go.
fn aloud(what: &str) {
    // Not `eprintln!`: it panics when stderr is gone.
    let _ = writeln!(io::stderr(), "auth-runtime: {what}");
    tracing::error!(target: "auth_events", "{what}");
}
