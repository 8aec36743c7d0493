//! The counts that the stream, its thread and the pager share.

use crate::refusal_counters::RefusalCounters;
#[cfg(feature = "pager")]
use crate::refusal_counters::Sample;
use crate::sink_handle::SinkHandle;
use crate::worker::{Deadline, Ledger};
use crate::{Notice, metrics};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The state that the stream, its thread and the pager share.
///
/// It holds no sink, because a sink is foreign code that may block also when it is dropped.
pub(crate) struct StreamState {
    pub(super) counters: Arc<RefusalCounters>,
    notices: Mutex<Vec<Notice>>,
    /// Holds the events that the thread has not passed to all sinks yet.
    pub(super) ledger: Arc<Ledger>,
    /// When the thread must stop.
    pub(super) deadline: Deadline,
    /// How many events each sink had dropped after it had taken them, when it was last asked.
    dropped_by_sinks: Vec<Arc<AtomicU64>>,
    /// How many events are in the queue.
    pub(super) waiting: AtomicUsize,
    /// Grows once a second, unless a sink blocks the thread.
    pub(super) heartbeats: AtomicU64,
    /// A sink has not taken the notice about dropped events yet.
    pub(super) failing: AtomicBool,
    /// The deadline has passed before all records were passed on.
    pub(super) was_cut_off: AtomicBool,
    /// Set once the events that were held then are counted.
    pub(super) settled: AtomicBool,
}

impl StreamState {
    pub(super) fn new(counters: Arc<RefusalCounters>, sinks: &[SinkHandle]) -> Self {
        Self {
            counters,
            notices: Mutex::default(),
            ledger: Arc::default(),
            deadline: Deadline::default(),
            dropped_by_sinks: sinks.iter().map(|sink| Arc::clone(&sink.dropped)).collect(),
            waiting: AtomicUsize::new(0),
            heartbeats: AtomicU64::new(0),
            failing: AtomicBool::new(false),
            was_cut_off: AtomicBool::new(false),
            settled: AtomicBool::new(false),
        }
    }

    /// Returns how many events were dropped, for the sinks as of the last tick: asking them could
    /// block.
    pub(super) fn dropped(&self) -> u64 {
        let by_sinks = self.dropped_by_sinks.iter().map(|dropped| dropped.load(Ordering::Relaxed));
        self.ledger.dropped() + by_sinks.sum::<u64>()
    }

    #[cfg(feature = "pager")]
    pub(crate) fn sample(&self) -> Sample {
        let heartbeats = self.heartbeats.load(Ordering::Relaxed);
        let failing = self.failing.load(Ordering::Relaxed);
        let (totals, claims) = (self.counters.totals(), self.counters.claims());
        Sample { totals, claims, dropped: self.dropped(), failing, heartbeats }
    }

    pub(super) fn notices(&self) -> MutexGuard<'_, Vec<Notice>> {
        self.notices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts events as dropped that are not held: by a sink, or before they were queued.
    pub(super) fn drop_events(&self, events: u64) {
        self.ledger.drop_other(events);
        metrics::dropped(events);
    }

    /// Returns whether the thread must pass on nothing more.
    pub(super) fn is_cut_off(&self) -> bool {
        let is_cut_off = self.deadline.has_passed();
        if is_cut_off {
            self.was_cut_off.store(true, Ordering::SeqCst);
        }
        is_cut_off
    }

    /// P7: counts, once, the events for which the thread had no time.
    pub(super) fn settle(&self) {
        if self.settled.swap(true, Ordering::SeqCst) {
            return;
        }
        metrics::dropped(self.ledger.abandon());
        let notices: u64 = self.notices().drain(..).map(|notice| notice.event_count()).sum();
        let suppressed: u64 = self.counters.summaries().iter().map(|summary| summary.suppressed).sum();
        self.drop_events(notices + suppressed);
    }
}

#[cfg(test)]
mod tests {
    use super::StreamState;
    use crate::{Notice, NoticeKind, Reason};
    use std::sync::Arc;

    #[test]
    fn events_for_which_there_was_no_time_are_counted_once() {
        let state = StreamState::new(Arc::default(), &[]);
        state.ledger.hold(5);
        for kind in [NoticeKind::KeySkipped, NoticeKind::EventsDropped] {
            state.notices().push(Notice::new(kind, None, "detail"));
        }
        for _ in 0..10 {
            let _ = state.counters.refused(Reason::Expired.into(), None, 3);
        }
        state.settle();
        assert_eq!(state.dropped(), 5 + 1 + 7, "held, the notice that counts, and suppressed");
        state.ledger.hold(1);
        state.settle();
        assert_eq!(state.dropped(), 13);
    }
}
