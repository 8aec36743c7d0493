//! Completes drills.

use super::drill_record::DrillRecord;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// The calls of `Events::drill` that wait for their page.
#[derive(Clone, Default)]
pub(crate) struct Drills(Arc<Mutex<Vec<Drill>>>);

/// A call that waits, with its start.
type Drill = (Instant, oneshot::Sender<Duration>);

impl Drills {
    /// Starts a drill. The receiver gets how long it took.
    pub(crate) fn start(&self) -> oneshot::Receiver<Duration> {
        let (taken, waits) = oneshot::channel();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((Instant::now(), taken));
        waits
    }
}

/// Completes drills once a target has accepted their page.
pub(super) struct DrillTracker {
    pub(super) waiting: Drills,
    pub(super) record: Option<DrillRecord>,
}

impl DrillTracker {
    pub(super) fn arrived(&self) {
        for (since, drill) in self.waiting.0.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = drill.send(since.elapsed());
        }
        self.record.iter().for_each(DrillRecord::write);
    }
}
