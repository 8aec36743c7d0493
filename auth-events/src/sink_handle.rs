//! A sink as the stream holds it. What it calls is foreign code: it may block or panic, also when it is dropped.

use super::worker::Worker;
use super::{EventSink, Notice};
use crate::metrics;
use std::io;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A sink, its name for diagnostics, and what it has dropped as far as it is known.
#[derive(Clone)]
pub(super) struct SinkHandle {
    sink: Arc<dyn EventSink>,
    pub(super) name: Arc<str>,
    pub(super) dropped: Arc<AtomicU64>,
}

impl SinkHandle {
    pub(super) fn new(sink: Box<dyn EventSink>, name: String) -> Self {
        Self { sink: sink.into(), name: name.into(), dropped: Arc::default() }
    }

    /// Whether the sink takes it. One that panics does not.
    pub(super) fn takes(&self, what: impl FnOnce(&dyn EventSink) -> io::Result<()>) -> bool {
        matches!(catch_unwind(AssertUnwindSafe(|| what(&*self.sink))), Ok(Ok(())))
    }

    /// Asks the sink how many events it has dropped. One that panics gives no number.
    pub(super) fn ask(&self) {
        if let Ok(dropped) = catch_unwind(AssertUnwindSafe(|| self.sink.lost())) {
            let before = self.dropped.fetch_max(dropped, Ordering::Relaxed);
            metrics::lost(dropped.saturating_sub(before));
        }
    }

    /// Flushes the sink and drops it, on a thread of its own: all of that is foreign code.
    pub(super) fn end(self, notice: Option<Notice>) -> io::Result<Worker> {
        // If there is no thread for it, it is leaked: to drop it here could block.
        let handle = ManuallyDrop::new(self);
        Worker::spawn("auth-flush", move || {
            let handle = ManuallyDrop::into_inner(handle);
            let _ = catch_unwind(AssertUnwindSafe(|| {
                // P7: sinks other than the one that is stuck can still report what is missing.
                let _ = notice.map(|notice| handle.sink.notice(&notice));
                handle.sink.flush();
            }));
            handle.ask();
            let _ = catch_unwind(AssertUnwindSafe(|| drop(handle)));
        })
    }
}
