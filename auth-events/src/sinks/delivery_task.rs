//! Sends records in batches, retries, and keeps what cannot be sent yet.

use super::backlog::{Backlog, Batch};
use super::message::{Message, Messages};
use super::protocol::{Outcome, Protocol};
use crate::record::Record;
use crate::worker::{Ledger, Next, Task};
use crate::{Notice, NoticeKind, diagnostics};
use auth_base::http::backoff::backoff;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A batch has at most this many records and, but for its last record, bytes.
const RECORDS: usize = 500;
const BYTES: usize = 512 * 1024;
/// It is sent when it has all its records, or when its oldest record is this old.
const LINGER: Duration = Duration::from_millis(500);
/// How long the worker waits after the first failure, and at most.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// The shortest time between two reports of one kind of failure. Each failure is counted.
const REPORT_EVERY: Duration = Duration::from_secs(10);

/// The work of a network sink's thread.
pub(super) struct DeliveryTask<P> {
    name: String,
    protocol: Arc<P>,
    backlog: Backlog,
    messages: Arc<Messages>,
    ledger: Arc<Ledger>,
    /// The batch that is being sent.
    sending: Option<Arc<Batch>>,
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
    /// The stream has ended.
    is_ending: bool,
}

impl<P: Protocol> Task for DeliveryTask<P> {
    type Item = Message;
    type Done = Outcome;

    fn take(&mut self, message: Message) {
        self.since.get_or_insert_with(Instant::now);
        self.backlog.push(message);
        if self.failures > 0 {
            self.backlog.spill();
        }
    }

    fn act(&mut self, now: Instant) -> Next<Outcome> {
        self.report_losses();
        if self.sending.is_some() {
            return Next::Waiting;
        }
        match self.due(now) {
            None => Next::Idle,
            Some(due) if due > now => Next::At(due),
            Some(_) => self.send(),
        }
    }

    fn done(&mut self, outcome: Outcome) {
        if let Some(batch) = self.sending.take() {
            self.handle_outcome(&batch, outcome);
        }
    }

    fn ending(&mut self) {
        self.is_ending = true;
        // One last attempt, at once.
        self.not_before = None;
    }

    fn close(&mut self) {
        // The batch stays, because it is not known whether it arrived.
        if let Some(batch) = self.sending.take() {
            self.handle_outcome(&batch, Outcome::Later("the stream has ended".to_owned(), None));
        }
        if let Err(error) = self.backlog.close() {
            let name = &self.name;
            diagnostics::report(&format!("some spooled events will be sent to {name} twice: {error}"));
        }
        self.reported.1 = None;
        self.report_losses();
    }
}

impl<P: Protocol> DeliveryTask<P> {
    pub(super) fn new(
        name: String,
        protocol: P,
        backlog: Backlog,
        messages: Arc<Messages>,
        ledger: Arc<Ledger>,
    ) -> Self {
        Self {
            name,
            protocol: Arc::new(protocol),
            backlog,
            messages,
            ledger,
            sending: None,
            reported: (0, None),
            rejection_reported: None,
            notified: 0,
            since: None,
            failures: 0,
            not_before: None,
            most_records: RECORDS,
            is_ending: false,
        }
    }

    /// Returns when the next batch must be sent, if there is one.
    fn due(&self, now: Instant) -> Option<Instant> {
        if self.backlog.is_empty() {
            return None;
        }
        let full = self.backlog.spooled() || self.backlog.fresh() >= self.most_records || self.is_ending;
        let due = if full { now } else { self.since.map_or(now, |since| since + LINGER) };
        Some(self.not_before.map_or(due, |not_before| due.max(not_before)))
    }

    fn send(&mut self) -> Next<Outcome> {
        let Some(batch) = self.backlog.take(self.most_records, BYTES).map(Arc::new) else { return Next::Idle };
        self.since = None;
        self.sending = Some(Arc::clone(&batch));
        let protocol = Arc::clone(&self.protocol);
        // P7: dropped and counted, because the next attempt would panic too and delay what follows.
        let if_it_panics = Outcome::Never("sending panicked".to_owned());
        Next::Start(Box::pin(async move { protocol.send(batch.messages()).await }), if_it_panics)
    }

    fn handle_outcome(&mut self, batch: &Batch, outcome: Outcome) {
        match outcome {
            Outcome::Taken => self.taken(batch, 0),
            #[cfg(feature = "otlp")]
            Outcome::TakenInPart { rejected, why } => {
                self.taken(batch, batch.most_events_in(rejected));
                let records = batch.messages().len() as u64;
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
            Outcome::TooLong(_) if batch.messages().len() > 1 => {
                self.most_records = batch.messages().len() / 2;
                self.backlog.put_back(batch);
            }
            Outcome::TooLong(why) | Outcome::Never(why) => {
                self.backlog.done(batch, batch.event_count());
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
            let notice = Notice::new(NoticeKind::EventsDropped, None, detail);
            // This notice counts as no event, so it need not be held.
            self.take(self.messages.message(Record::Notice(notice.into())));
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
