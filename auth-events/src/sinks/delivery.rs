//! Queues records for a network receiver, and never blocks the stream.

use super::backlog::Backlog;
use super::delivery_task::DeliveryTask;
use super::message::{Message, Messages};
use super::protocol::Protocol;
use super::spool::Spool;
use crate::diagnostics;
use crate::record::Outgoing;
use crate::record_sink::RecordSink;
use crate::worker::{Deadline, Ledger, NotQueued, Settings, Worker};
use auth_base::ConfigError;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many records may wait for the worker, which takes them out at once even if the receiver is
/// down.
const QUEUE: usize = 4096;
/// How long the worker may continue to send when the stream ends.
const FLUSH: Duration = Duration::from_secs(2);
/// How long it may then take to write the rest to the spool, because a disk may block for ever.
const CLOSE: Duration = Duration::from_millis(500);

/// A sink that queues records for its worker.
pub(crate) struct Delivery {
    messages: Arc<Messages>,
    name: String,
    worker: Worker<Message>,
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
        let (ledger, messages) = (Arc::<Ledger>::default(), Arc::new(Messages::new()?));
        let name = protocol.name();
        let backlog = Backlog::new(spool, Arc::clone(&ledger));
        let task = DeliveryTask::new(name.clone(), protocol, backlog, Arc::clone(&messages), Arc::clone(&ledger));
        let settings =
            Settings { name: "auth-sink", capacity: QUEUE, ledger: Arc::clone(&ledger), deadline: Deadline::default() };
        Ok(Self { messages, name, worker: Worker::with_jobs(settings, task)?, ledger })
    }
}

impl RecordSink for Delivery {
    /// P7: a record for which there is no room is counted here, because the stream counts it as
    /// taken.
    fn take(&self, outgoing: &Outgoing) -> io::Result<()> {
        let events = outgoing.record().event_count();
        let message = self.messages.message(outgoing.record().clone());
        if self.worker.send(message, events) == Err(NotQueued::Full) {
            self.ledger.drop_other(events);
        }
        Ok(())
    }

    fn dropped(&self) -> u64 {
        self.ledger.dropped()
    }

    fn flush(&self) {
        let deadline = self.worker.close(Instant::now() + FLUSH);
        // P7: the worker ends by itself unless its disk blocks. Then it is abandoned, and the
        // events that it holds are counted.
        let _ = self.worker.wait_until(deadline + CLOSE);
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
