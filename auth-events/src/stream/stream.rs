//! Passes events from a bounded queue to the sinks, on a thread of its own.
//!
//! Only [`Stream::refused`] and [`Stream::notice`] run on a request's path, and they do not block.

use super::companion::Companion;
use super::state::StreamState;
use super::stream_task::{StreamTask, losses};
use crate::kind::Kind;
use crate::record::Outgoing;
use crate::record_sink::RecordSink;
use crate::refusal_counters::{Detail, RefusalCounters};
use crate::sink_handle::SinkHandle;
use crate::worker::{NotQueued, Settings, StillRunning, Worker};
use crate::{AuthEvent, Notice, diagnostics, metrics};
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How many events may wait; at some 400 bytes each, below 2 MB.
const QUEUE: usize = 4096;

/// Notices are few, and must not wait behind a flood of events.
const NOTICES: usize = 256;

/// P7: the longest that the end of a stream may take, whatever sinks, spools, pagers and pipes do.
///
/// It is below the ten seconds after which a container is killed.
const SHUTDOWN: Duration = Duration::from_secs(6);

/// How much of it the stream's own thread has for the queue. The sinks and the pager share the
/// rest, in parallel.
const DRAIN: Duration = Duration::from_secs(3);

/// How long a thread that must stop may take for its current record.
const LAST_RECORD: Duration = Duration::from_millis(250);

/// How long the diagnostics may take after that.
const LAST_DIAGNOSTICS: Duration = Duration::from_secs(1);

/// How many events of a kind are emitted within a second. A flood must not fill a disk, and more
/// details would give nothing new.
const MOST: u64 = 100;

pub(crate) struct Stream {
    worker: Worker<Arc<AuthEvent>>,
    state: Arc<StreamState>,
    sinks: Vec<SinkHandle>,
    companion: Option<Companion>,
}

impl Stream {
    /// Starts the thread. `companion` makes the pager from the state that it may read.
    pub(crate) fn start(
        sinks: Vec<(Box<dyn RecordSink>, String)>,
        counters: Arc<RefusalCounters>,
        detail: String,
        companion: impl FnOnce(&Arc<StreamState>) -> io::Result<Option<Companion>>,
    ) -> io::Result<Self> {
        let sinks: Vec<_> = sinks.into_iter().map(|(sink, name)| SinkHandle::new(sink, name)).collect();
        let state = Arc::new(StreamState::new(counters, &sinks));
        let companion = companion(&state)?;
        let task = StreamTask::new(sinks.clone(), Arc::clone(&state), companion.clone(), detail);
        let (ledger, deadline) = (Arc::clone(&state.ledger), state.deadline.clone());
        let settings = Settings { name: "auth-events", capacity: QUEUE, ledger, deadline };
        Ok(Self { worker: Worker::blocking(settings, task)?, state, sinks, companion })
    }

    /// Counts a rejection, and queues its event unless the limit of its kind is reached.
    pub(crate) fn refused(&self, kind: Kind, route: Option<&str>, event: impl FnOnce() -> AuthEvent) {
        let StreamState { counters, waiting, .. } = &*self.state;
        if counters.refused(kind, route, MOST) == Detail::Suppressed {
            return;
        }
        let event = Arc::new(event());
        event.claim.iter().for_each(|claim| counters.claim(claim));
        // Before it is queued, because the thread must not take out an event that is not counted
        // yet.
        let now = waiting.fetch_add(1, Ordering::Relaxed) + 1;
        let sent = self.worker.send(event, 1);
        if sent.is_err() {
            waiting.fetch_sub(1, Ordering::Relaxed);
        }
        match sent {
            Ok(()) => metrics::waiting(now),
            // P7: an event for which there is no room is in the next summary.
            Err(NotQueued::Full) => counters.found_no_room(kind, route),
            Err(NotQueued::Ended { dropped }) => metrics::dropped(dropped),
        }
    }

    pub(crate) fn notice(&self, notice: &Notice) {
        let mut notices = self.state.notices();
        if notices.len() < NOTICES {
            notices.push(notice.clone());
        } else {
            self.state.drop_events(notice.event_count());
        }
    }

    /// Returns how many events the stream and its sinks have dropped.
    pub(crate) fn dropped(&self) -> u64 {
        self.sinks.iter().for_each(SinkHandle::ask);
        self.state.dropped()
    }
}

/// Waits, with a limit, until all records are passed on.
impl Drop for Stream {
    fn drop(&mut self) {
        let start = Instant::now();
        let limit = start + SHUTDOWN;
        let drained = self.worker.close(start + DRAIN);
        // A sink that is slow and not stuck finishes its record, and then the thread counts.
        let ended = self.worker.wait_until(drained + LAST_RECORD);
        let was_cut_off = ended == Err(StillRunning) || self.state.was_cut_off.load(Ordering::SeqCst);
        // Counts nothing if all records were passed on.
        self.state.settle();
        let dropped = self.state.dropped();
        let notice = || was_cut_off.then(|| Outgoing::from(losses(dropped)));
        // In parallel and with one limit, each sink on a thread of its own.
        self.companion.iter().for_each(Companion::close);
        let flushes: Vec<_> = self.sinks.drain(..).map(|sink| (Arc::clone(&sink.name), sink.end(notice()))).collect();
        for (name, flush) in flushes {
            match flush.map(|flush| flush.wait_until(limit)) {
                Ok(Ok(())) => {}
                // P7: only the sink knows how many events it still holds.
                Ok(Err(StillRunning)) => {
                    diagnostics::report(&format!("{name} did not end in time: the events that it holds are dropped"));
                }
                Err(error) => diagnostics::report(&format!("{name} could not be flushed: {error}")),
            }
        }
        if self.companion.as_ref().is_some_and(|pager| pager.wait_until(limit) == Err(StillRunning)) {
            diagnostics::report("the pager did not end in time: its last pages may be dropped");
        }
        let dropped = self.state.dropped();
        if dropped > 0 {
            diagnostics::report(&format!("the event stream has ended: {dropped} events were dropped since the start"));
        }
        diagnostics::flush(Instant::now() + LAST_DIAGNOSTICS);
    }
}
