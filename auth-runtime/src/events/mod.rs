//! The stream of refusals: what happened ([`AuthEvent`]), and where it goes ([`EventSink`]).
//!
//! It is a channel of its own, so that it can be watched on its own. Each refusal makes exactly one event.

mod event;
mod sink;

pub use event::AuthEvent;
pub(crate) use event::Occasion;
pub use sink::{Collected, EventSink};

use sink::{JsonLines, Tracing};
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where refusals are reported. A verifier can't be built without one: someone must hear it.
///
/// Cheap to clone; clones share the sink. Delivery happens while the request waits for its refusal, so a sink
/// should hand over quickly.
#[derive(Clone)]
pub struct Events {
    shared: Arc<Shared>,
}

struct Shared {
    sink: Box<dyn EventSink>,
    lost: AtomicU64,
}

impl Events {
    /// JSON lines on stderr, one for each refusal.
    #[must_use]
    pub fn stderr() -> Self {
        Self::writer(std::io::stderr())
    }

    /// JSON lines to a writer of your own: a file, a pipe, a socket. One write for each line.
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
        self.shared.lost.load(Ordering::Relaxed)
    }

    /// Delivers one event. A sink that fails or panics costs its event, which is counted and said on stderr, never the refusal.
    pub(crate) fn record(&self, event: &AuthEvent) {
        let deliver = std::panic::AssertUnwindSafe(|| self.shared.sink.record(event));
        let outcome =
            std::panic::catch_unwind(deliver).unwrap_or_else(|_| Err(std::io::Error::other("the sink panicked")));
        if let Err(error) = outcome {
            // P7: what is lost is counted, and said where the operator of one process looks last.
            let lost = self.shared.lost.fetch_add(1, Ordering::Relaxed) + 1;
            let _ = writeln!(std::io::stderr(), "auth-runtime: event lost ({}; {lost} so far): {error}", event.reason);
        }
    }
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Events").field("lost", &self.lost()).finish_non_exhaustive()
    }
}
