//! Sends records over the network from a thread of its own: batches, retries, and keeps what cannot
//! be sent yet. It never blocks the stream.

use super::backlog::{Backlog, Batch};
use super::ledger::Ledger;
use super::record::{EncodedRecord, Record, Records};
use super::spool::Spool;
use crate::worker::Worker;
use crate::{AuthEvent, EventSink, Notice, NoticeKind, Summary, diagnostics};
use auth_base::ConfigError;
use auth_base::http::backoff::backoff;
use std::io;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as StdInstant};
use tokio::sync::mpsc::error::{TryRecvError, TrySendError};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::{Instant, sleep_until, timeout_at};

/// How many records may wait for the worker, which takes them out at once even if the receiver is
/// down.
const QUEUE: usize = 4096;
/// A batch is sent when it has this many records or bytes, or when its oldest record is this old.
const RECORDS: usize = 500;
const BYTES: usize = 512 * 1024;
const LINGER: Duration = Duration::from_millis(500);
/// How long the worker waits after the first failure, and at most.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How long the worker may continue to send when the stream ends.
const FLUSH: Duration = Duration::from_secs(2);
/// How long it may then take to write the rest to the spool, because a disk may block for ever.
const CLOSE: Duration = Duration::from_millis(500);
/// The shortest time between two reports of one kind of failure. Each failure is counted.
const REPORT_EVERY: Duration = Duration::from_secs(10);

/// The protocol of a receiver.
pub(crate) trait Protocol: Send + 'static {
    /// The receiver's name for messages, without secrets.
    fn name(&self) -> String;

    /// Sends a batch once. If the future is dropped while it waits, the batch is sent again.
    fn send(&mut self, records: &[Record]) -> impl Future<Output = Outcome>;
}

/// The outcome of sending a batch.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It arrived.
    Taken,
    /// It arrived, except so many records that were rejected for good.
    #[cfg(feature = "otlp")]
    TakenInPart { rejected: u64, why: String },
    /// It may arrive later, and not before the time that the receiver has given.
    Later(String, Option<Duration>),
    /// It may arrive in smaller parts.
    TooLong(String),
    /// It will not arrive.
    Never(String),
}

/// A sink that queues records for its worker.
pub(crate) struct Delivery {
    records: Arc<Records>,
    name: String,
    /// `None` when the stream has ended.
    queue: Mutex<Option<Sender<EncodedRecord>>>,
    worker: Mutex<Option<Worker>>,
    ledger: Arc<Ledger>,
}

impl Delivery {
    pub(super) fn start(protocol: impl Protocol, spool: Option<(PathBuf, u64)>) -> Result<Self, ConfigError> {
        const LEAST: u64 = 64 * 1024;
        let spool = match spool {
            Some((_, most)) if most < LEAST => {
                return Err(ConfigError::OutOfBounds { name: "spool", why: "64 KiB at least" });
            }
            Some((path, most)) => Some(Spool::open(&path, most)?),
            None => None,
        };
        let name = protocol.name();
        Self::spawn(protocol, spool).map_err(|error| ConfigError::Sink { name, why: error.to_string() })
    }

    fn spawn(protocol: impl Protocol, spool: Option<Spool>) -> io::Result<Self> {
        let (queue, waiting) = channel(QUEUE);
        let (ledger, records) = (Arc::<Ledger>::default(), Arc::new(Records::new()?));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let name = protocol.name();
        let worker = DeliveryWorker {
            name: name.clone(),
            protocol,
            queue: waiting,
            backlog: Backlog::new(spool, Arc::clone(&ledger)),
            records: Arc::clone(&records),
            ledger: Arc::clone(&ledger),
            reported: (0, None),
            rejection_reported: None,
            notified: 0,
            since: None,
            failures: 0,
            not_before: None,
            most_records: RECORDS,
            end: None,
        };
        let worker = Worker::spawn("auth-sink", move || {
            runtime.block_on(worker.run());
            // Not a drop: that would wait for a name server that does not answer.
            runtime.shutdown_background();
        })?;
        Ok(Self { records, name, queue: Mutex::new(Some(queue)), worker: Mutex::new(Some(worker)), ledger })
    }

    /// Queues a record for the worker.
    ///
    /// P7: a record for which there is no room is counted here, because the stream counts it as
    /// taken.
    fn put(&self, record: EncodedRecord) {
        let events = record.event_count;
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        // Before it is queued, because the worker must not finish a record that is not held yet.
        self.ledger.hold(events);
        match queue.as_ref().map(|queue| queue.try_send(record)) {
            Some(Ok(())) => {}
            Some(Err(TrySendError::Full(_))) => self.ledger.drop_held(events),
            // The worker has ended, and its records are dropped.
            Some(Err(TrySendError::Closed(_))) | None => drop(self.ledger.abandon()),
        }
    }
}

impl EventSink for Delivery {
    fn record(&self, event: &AuthEvent) -> io::Result<()> {
        self.records.event(event).map(|record| self.put(record))
    }

    fn summary(&self, summary: &Summary) -> io::Result<()> {
        self.records.summary(summary).map(|record| self.put(record))
    }

    fn notice(&self, notice: &Notice) -> io::Result<()> {
        self.records.notice(notice).map(|record| self.put(record))
    }

    fn dropped(&self) -> u64 {
        self.ledger.dropped()
    }

    fn flush(&self) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
        let worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(worker) = worker else { return };
        // P7: the worker ends by itself unless its disk blocks. Then it is abandoned, and the
        // events that it holds are counted.
        let _ = worker.wait_until(StdInstant::now() + FLUSH + CLOSE);
        let dropped = self.ledger.abandon();
        if dropped > 0 {
            diagnostics::report(&format!("{} did not end in time: {dropped} events were dropped", self.name));
        }
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        self.flush();
    }
}

/// The work of the thread.
struct DeliveryWorker<P> {
    name: String,
    protocol: P,
    queue: Receiver<EncodedRecord>,
    backlog: Backlog,
    records: Arc<Records>,
    ledger: Arc<Ledger>,
    /// How many dropped events were reported on stderr, and when.
    reported: (u64, Option<Instant>),
    /// When it was reported that the receiver rejects events.
    rejection_reported: Option<Instant>,
    /// How many dropped events the receiver was notified of.
    notified: u64,
    /// Since when the oldest record waits in memory.
    since: Option<Instant>,
    /// Failures in a row; the receiver is down while there are any.
    failures: u32,
    not_before: Option<Instant>,
    /// Smaller after a batch that was too long.
    most_records: usize,
    /// When the worker must end; known once the stream has ended.
    end: Option<Instant>,
}

impl<P: Protocol> DeliveryWorker<P> {
    async fn run(mut self) {
        loop {
            self.drain();
            self.report_losses();
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
            // A new record ends the wait, so an idle worker waits for an hour.
            let until = [due, self.end].into_iter().flatten().min().unwrap_or(now + Duration::from_hours(1));
            if self.end.is_some() {
                sleep_until(until).await;
            } else if let Ok(record) = timeout_at(until, self.queue.recv()).await {
                self.enqueue(record);
            }
        }
        if let Err(error) = self.backlog.close() {
            let name = &self.name;
            diagnostics::report(&format!("some spooled events will be sent to {name} twice: {error}"));
        }
        self.reported.1 = None;
        self.report_losses();
    }

    /// Returns when the next batch must be sent, if there is one.
    fn due(&self, now: Instant) -> Option<Instant> {
        if self.backlog.is_empty() {
            return None;
        }
        let full = self.backlog.spooled() || self.backlog.fresh() >= self.most_records || self.end.is_some();
        let due = if full { now } else { self.since.map_or(now, |since| since + LINGER) };
        Some(self.not_before.map_or(due, |not_before| due.max(not_before)))
    }

    /// Takes at most one full queue, so that sending gets its turn.
    fn drain(&mut self) {
        for _ in 0..QUEUE {
            match self.queue.try_recv() {
                Ok(record) => self.enqueue(Some(record)),
                Err(TryRecvError::Disconnected) => return self.enqueue(None),
                Err(TryRecvError::Empty) => return,
            }
        }
    }

    /// Adds a record to the backlog. `None` means that the stream has ended.
    fn enqueue(&mut self, record: Option<EncodedRecord>) {
        match record {
            Some(record) => {
                self.since.get_or_insert_with(Instant::now);
                self.backlog.push(record);
                if self.failures > 0 {
                    self.backlog.spill();
                }
            }
            None if self.end.is_none() => {
                self.end = Some(Instant::now() + FLUSH);
                // One last attempt, at once.
                self.not_before = None;
            }
            None => {}
        }
    }

    async fn send(&mut self) {
        let Some(batch) = self.backlog.take(self.most_records, BYTES) else { return };
        self.since = None;
        let records: Vec<Record> =
            batch.records().iter().filter_map(|record| serde_json::from_str(&record.text).ok()).collect();
        let Self { protocol, queue, backlog, end, failures, since, .. } = self;
        let outcome = {
            let mut sending = pin!(protocol.send(&records));
            loop {
                let until = end.unwrap_or_else(|| Instant::now() + Duration::from_hours(1));
                tokio::select! {
                    outcome = &mut sending => break outcome,
                    record = queue.recv(), if end.is_none() => match record {
                        Some(record) => {
                            since.get_or_insert_with(Instant::now);
                            backlog.push(record);
                            if *failures > 0 {
                                backlog.spill();
                            }
                        }
                        None => *end = Some(Instant::now() + FLUSH),
                    },
                    // The batch stays, because it is not known whether it arrived.
                    () = sleep_until(until), if end.is_some() => {
                        break Outcome::Later("the stream has ended".to_owned(), None);
                    }
                }
            }
        };
        self.handle_outcome(batch, outcome);
    }

    fn handle_outcome(&mut self, batch: Batch, outcome: Outcome) {
        match outcome {
            Outcome::Taken => self.taken(&batch, 0),
            #[cfg(feature = "otlp")]
            Outcome::TakenInPart { rejected, why } => {
                self.taken(&batch, batch.most_events_in(rejected));
                let records = batch.records().len() as u64;
                self.report_rejection(&match rejected.min(records) {
                    0 => format!("has accepted a batch with a warning: {why}"),
                    rejected => format!("has rejected {rejected} of {records} records: {why}"),
                });
            }
            Outcome::Later(why, wait) => {
                if self.failures == 0 {
                    // P7: reported when the outage begins, not at each attempt.
                    diagnostics::report(&format!("{} does not accept events: {why}; they are queued", self.name));
                }
                self.failures = self.failures.saturating_add(1);
                let wait =
                    wait.unwrap_or_default().min(LONGEST_WAIT).max(backoff(FIRST_WAIT, LONGEST_WAIT, self.failures));
                self.not_before = Some(Instant::now() + wait);
                self.backlog.put_back(batch);
                self.backlog.spill();
            }
            Outcome::TooLong(_) if batch.records().len() > 1 => {
                self.most_records = batch.records().len() / 2;
                self.backlog.put_back(batch);
            }
            Outcome::TooLong(why) | Outcome::Never(why) => {
                self.backlog.done(&batch, batch.event_count());
                self.report_rejection(&format!("rejects events: {why}"));
                // Not at once, because the next batch would get the same response.
                self.not_before = Some(Instant::now() + FIRST_WAIT);
            }
        }
    }

    fn taken(&mut self, batch: &Batch, rejected: u64) {
        self.backlog.done(batch, rejected);
        if self.failures > 0 {
            diagnostics::report(&format!("{} accepts events again", self.name));
        }
        (self.failures, self.not_before) = (0, None);
        self.notify_receiver();
    }

    fn report_rejection(&mut self, what: &str) {
        if self.rejection_reported.is_none_or(|at| at.elapsed() >= REPORT_EVERY) {
            diagnostics::report(&format!("{} {what}", self.name));
            self.rejection_reported = Some(Instant::now());
        }
    }

    /// Sends the receiver a notice about dropped events.
    ///
    /// P7: an operator may read only the receiver, and there may have been no room for the stream's
    /// own notice.
    fn notify_receiver(&mut self) {
        let dropped = self.ledger.dropped();
        if dropped > self.notified {
            self.notified = dropped;
            let detail = format!("{dropped} since the start, on their way to {}", self.name);
            // This notice counts as no event, so it need not be held.
            if let Ok(record) = self.records.notice(&Notice::new(NoticeKind::EventsDropped, None, detail)) {
                self.enqueue(Some(record));
            }
        }
    }

    /// P7: reports how many events were dropped.
    fn report_losses(&mut self) {
        let dropped = self.ledger.dropped();
        let (reported, when) = self.reported;
        if dropped > reported && when.is_none_or(|when| when.elapsed() >= REPORT_EVERY) {
            diagnostics::report(&format!(
                "{} has not received {dropped} events since the start: they were dropped",
                self.name
            ));
            self.reported = (dropped, Some(Instant::now()));
        }
    }
}
