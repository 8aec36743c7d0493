//! The trait for sinks, and the sinks that need no file or network.

use super::{AuthEvent, Notice, Summary};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

/// Receives events from the thread of the stream, one after another.
///
/// A sink that blocks delays the other sinks of its stream. Events that find no room in the queue meanwhile are counted in
/// summaries.
pub trait EventSink: Send + Sync + 'static {
    /// Takes one event.
    ///
    /// # Errors
    ///
    /// When it was not taken; it then counts as lost ([`Events::lost`](super::Events::lost)).
    fn record(&self, event: &AuthEvent) -> io::Result<()>;

    /// Takes one notice. By default it goes to `tracing`.
    ///
    /// # Errors
    ///
    /// As [`record`](Self::record).
    fn notice(&self, notice: &Notice) -> io::Result<()> {
        Tracing.notice(notice)
    }

    /// Takes the number of rejections that were not emitted one by one. By default it goes to `tracing`.
    ///
    /// # Errors
    ///
    /// As [`record`](Self::record).
    fn summary(&self, summary: &Summary) -> io::Result<()> {
        Tracing.summary(summary)
    }

    /// Returns how many events it has lost since the start, after it had taken them. For sinks that deliver later. It must
    /// return at once.
    fn lost(&self) -> u64 {
        0
    }

    /// Delivers what still waits, because the stream has ended. A sink that takes longer than two seconds may be left behind, so
    /// that the process can end.
    ///
    /// Called by a thread of its own. If the stream's thread is stuck in a sink, that thread calls [`notice`](Self::notice)
    /// before it, to report what was dropped.
    fn flush(&self) {}
}

/// Emits to `tracing`, with a target of its own.
pub(super) struct Tracing;

impl EventSink for Tracing {
    fn record(&self, event: &AuthEvent) -> io::Result<()> {
        // The whole event as JSON: its escaping keeps a hostile string from forging a second log line (ASVS 16.4.1).
        let json = serde_json::to_string(event)?;
        if event.status >= 500 {
            tracing::error!(target: "auth_events", reason = event.reason.as_str(), event = json, "authentication could not be decided");
        } else {
            tracing::warn!(target: "auth_events", reason = event.reason.as_str(), event = json, "authentication refused");
        }
        Ok(())
    }

    fn notice(&self, notice: &Notice) -> io::Result<()> {
        let json = serde_json::to_string(notice)?;
        tracing::error!(target: "auth_events", notice = notice.notice.as_str(), event = json, "authentication itself");
        Ok(())
    }

    fn summary(&self, summary: &Summary) -> io::Result<()> {
        let json = serde_json::to_string(summary)?;
        tracing::warn!(target: "auth_events", reason = summary.reason.as_str(), event = json, "more of the same were refused");
        Ok(())
    }
}

/// Discards everything. The posture shows the reason.
pub(super) struct Discarding;

impl EventSink for Discarding {
    fn record(&self, _: &AuthEvent) -> io::Result<()> {
        Ok(())
    }

    fn notice(&self, _: &Notice) -> io::Result<()> {
        Ok(())
    }

    fn summary(&self, _: &Summary) -> io::Result<()> {
        Ok(())
    }
}

/// The events that [`Events::collect`](super::Events::collect) took.
#[derive(Debug, Clone, Default)]
pub struct Collected {
    events: Arc<Mutex<Vec<AuthEvent>>>,
    notices: Arc<Mutex<Vec<Notice>>>,
}

impl Collected {
    /// Hands over what has come in since the last call, oldest first.
    #[must_use]
    pub fn take(&self) -> Vec<AuthEvent> {
        std::mem::take(&mut *self.events.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Hands over the notices that have come in since the last call, oldest first.
    #[must_use]
    pub fn take_notices(&self) -> Vec<Notice> {
        std::mem::take(&mut *self.notices.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl EventSink for Collected {
    fn record(&self, event: &AuthEvent) -> io::Result<()> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push(event.clone());
        Ok(())
    }

    fn notice(&self, notice: &Notice) -> io::Result<()> {
        self.notices.lock().unwrap_or_else(PoisonError::into_inner).push(notice.clone());
        Ok(())
    }
}
