//! The stream of refusals: what happened ([`AuthEvent`]), and where it goes ([`EventSink`]).
//!
//! It is a channel of its own, so that it can be watched on its own. Each refusal makes exactly one event.

mod event;
mod json_lines;
mod notice;
mod sink;

pub use event::AuthEvent;
pub(crate) use event::Occasion;
pub use notice::{Notice, NoticeKind};
pub use sink::{Collected, EventSink};

use json_lines::JsonLines;
use sink::Tracing;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where refusals are reported. A verifier can't be built without one: someone must hear it.
///
/// Cheap to clone; clones share the sink.
#[derive(Clone)]
pub struct Events {
    shared: Arc<Shared>,
}

struct Shared {
    sink: Box<dyn EventSink>,
    lost: AtomicU64,
}

impl Events {
    /// JSON lines on stderr, one for each refusal, as [`writer`](Self::writer).
    #[must_use]
    pub fn stderr() -> Self {
        Self::writer(std::io::stderr())
    }

    /// JSON lines to a writer of your own: a file, a pipe, a socket. One write for each line.
    ///
    /// A thread writes them, from a queue of 4096: a reader that has stopped reading does not stop the service. What
    /// finds no room is counted, and the count is said in a line of its own (`"reason":"events_lost"`) as soon as
    /// there is some. What still waits when the last clone is dropped has two seconds.
    #[must_use]
    pub fn writer(writer: impl Write + Send + 'static) -> Self {
        Self::sink(JsonLines::new(writer))
    }

    /// To `tracing`, at level `WARN` (`ERROR` for 503) under the target `auth_events`.
    ///
    /// Check that a subscriber lets this target through: a filter that drops it makes refusals silent.
    #[must_use]
    pub fn tracing() -> Self {
        Self::sink(Tracing)
    }

    /// Into memory, for tests.
    ///
    /// ```
    /// let (events, collected) = auth_runtime::Events::collect();
    /// assert!(collected.take().is_empty());
    /// # drop(events);
    /// ```
    #[must_use]
    pub fn collect() -> (Self, Collected) {
        let collected = Collected::default();
        (Self::sink(collected.clone()), collected)
    }

    /// To a sink of your own.
    #[must_use]
    pub fn sink(sink: impl EventSink) -> Self {
        Self { shared: Arc::new(Shared { sink: Box::new(sink), lost: AtomicU64::new(0) }) }
    }

    /// How many events the sink could not take.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.shared.lost.load(Ordering::Relaxed) + self.shared.sink.lost()
    }

    /// Whether these are the same: what goes to one arrives at the other.
    #[cfg(feature = "remote-keys")]
    pub(crate) fn are(&self, others: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &others.shared)
    }

    /// Delivers one event. A sink that fails or panics costs its event, never the refusal.
    pub(crate) fn record(&self, event: &AuthEvent) {
        self.deliver(event.reason.as_str(), || self.shared.sink.record(event));
    }

    /// Delivers one notice, as [`record`](Self::record) does.
    pub(crate) fn notice(&self, notice: &Notice) {
        self.deliver(notice.notice.as_str(), || self.shared.sink.notice(notice));
    }

    fn deliver(&self, what: &'static str, deliver: impl FnOnce() -> std::io::Result<()>) {
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(deliver))
            .unwrap_or_else(|_| Err(std::io::Error::other("the sink panicked")));
        if let Err(error) = outcome {
            // P7: what is lost is counted, and said where the service's other diagnostics go.
            let lost = self.shared.lost.fetch_add(1, Ordering::Relaxed) + 1;
            tracing::error!(target: "auth_events", reason = what, lost, %error, "event lost");
        }
    }
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Events").field("lost", &self.lost()).finish_non_exhaustive()
    }
}
