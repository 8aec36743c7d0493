//! The worker beside the stream: the pager.

use crate::worker::{NotQueued, StillRunning, Worker};
use crate::{Notice, diagnostics};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Receives each notice after the sinks, and ends with the stream.
#[derive(Clone)]
pub(crate) struct Companion {
    worker: Arc<Worker<Arc<Notice>>>,
    /// How long its last pages may take.
    flush: Duration,
}

impl Companion {
    #[cfg(feature = "pager")]
    pub(crate) fn new(worker: Worker<Arc<Notice>>, flush: Duration) -> Self {
        Self { worker: Arc::new(worker), flush }
    }

    /// Passes a notice on. A notice holds no page yet, so it counts as nothing in its ledger.
    pub(super) fn notice(&self, notice: &Arc<Notice>) {
        if self.worker.send(Arc::clone(notice), 0) == Err(NotQueued::Full) {
            diagnostics::report(&format!("the pager did not take a notice in time: {}", notice.notice));
        }
    }

    /// Asks it to end, without waiting for it.
    pub(super) fn close(&self) {
        self.worker.close(Instant::now() + self.flush);
    }

    pub(super) fn wait_until(&self, limit: Instant) -> Result<(), StillRunning> {
        self.worker.wait_until(limit)
    }
}
