//! Calls a sink safely: it is foreign code that may block or panic, also when it is dropped.

use crate::metrics;
use crate::record::Outgoing;
use crate::record_sink::RecordSink;
use crate::worker::Thread;
use std::io;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A sink with its name for diagnostics and its known count of dropped events.
#[derive(Clone)]
pub(super) struct SinkHandle {
    sink: Arc<dyn RecordSink>,
    pub(super) name: Arc<str>,
    pub(super) dropped: Arc<AtomicU64>,
}

impl SinkHandle {
    pub(super) fn new(sink: Box<dyn RecordSink>, name: String) -> Self {
        Self { sink: sink.into(), name: name.into(), dropped: Arc::default() }
    }

    /// Returns whether the sink takes the record. A sink that panics does not.
    pub(super) fn takes(&self, outgoing: &Outgoing) -> bool {
        matches!(catch_unwind(AssertUnwindSafe(|| self.sink.take(outgoing))), Ok(Ok(())))
    }

    /// Asks the sink how many events it has dropped. A sink that panics gives no number.
    pub(super) fn ask(&self) {
        if let Ok(dropped) = catch_unwind(AssertUnwindSafe(|| self.sink.dropped())) {
            let before = self.dropped.fetch_max(dropped, Ordering::Relaxed);
            metrics::dropped(dropped.saturating_sub(before));
        }
    }

    /// Flushes and drops the sink on a separate thread, because both are foreign code.
    pub(super) fn end(self, notice: Option<Outgoing>) -> io::Result<Thread> {
        // If no thread can be started, the sink is leaked, because dropping it here could block.
        let handle = ManuallyDrop::new(self);
        Thread::spawn("auth-flush", move || {
            let handle = ManuallyDrop::into_inner(handle);
            let _ = catch_unwind(AssertUnwindSafe(|| {
                // P7: the sinks that are not stuck can still report what is missing.
                let _ = notice.map(|notice| handle.sink.take(&notice));
                handle.sink.flush();
            }));
            handle.ask();
            let _ = catch_unwind(AssertUnwindSafe(|| drop(handle)));
        })
    }
}
