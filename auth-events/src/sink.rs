//! The trait for sinks, and the sinks that need no file or network.

use super::{AuthEvent, Notice, Summary};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

/// Receives events from the stream's thread, one after another.
///
/// A sink that blocks delays the other sinks of its stream. Events for which the queue has no room
/// meanwhile are counted in summaries.
///
/// A sink gets typed records and serialises them itself. Each is `Serialize` and `Clone`:
///
/// ```
/// use auth_runtime::{AuthEvent, events::EventSink};
/// use std::io;
/// use std::sync::mpsc::SyncSender;
///
/// /// Passes JSON to another thread.
/// struct Forward(SyncSender<String>);
///
/// impl EventSink for Forward {
///     fn record(&self, event: &AuthEvent) -> io::Result<()> {
///         let json = serde_json::to_string(event)?;
///         // A full queue is an error, so that the event counts as dropped.
///         self.0.try_send(json).map_err(io::Error::other)
///     }
/// }
/// ```
pub trait EventSink: Send + Sync + 'static {
    /// Takes one event.
    ///
    /// # Errors
    ///
    /// When the sink did not take it. It then counts as dropped
    /// ([`Events::dropped`](super::Events::dropped)).
    fn record(&self, event: &AuthEvent) -> io::Result<()>;

    /// Takes one notice. By default it goes to `tracing`.
    ///
    /// # Errors
    ///
    /// As [`record`](Self::record).
    fn notice(&self, notice: &Notice) -> io::Result<()> {
        Tracing.notice(notice)
    }

    /// Takes the number of suppressed events. By default it goes to `tracing`.
    ///
    /// # Errors
    ///
    /// As [`record`](Self::record).
    fn summary(&self, summary: &Summary) -> io::Result<()> {
        Tracing.summary(summary)
    }

    /// Returns how many events the sink has dropped since the start, after it had taken them.
    ///
    /// This is for sinks that deliver later. It must not block.
    fn dropped(&self) -> u64 {
        0
    }

    /// Delivers all pending events, because the stream has ended.
    ///
    /// A sink that takes longer than two seconds may be abandoned, so that the process can end.
    ///
    /// Called on a separate thread. If the stream's thread is stuck in a sink, this thread first
    /// calls [`notice`](Self::notice) to report what was dropped.
    fn flush(&self) {}
}

/// Emits to `tracing`, with the target `auth_events`.
pub(super) struct Tracing;

impl EventSink for Tracing {
    fn record(&self, event: &AuthEvent) -> io::Result<()> {
        // As JSON, because its escaping keeps a hostile string from forging a second log line (ASVS
        // 16.4.1).
        let json = serde_json::to_string(event)?;
        if event.status >= 500 {
            tracing::error!(target: "auth_events", reason = event.reason.as_str(), event = json, "authentication could not be decided");
        } else {
            tracing::warn!(target: "auth_events", reason = event.reason.as_str(), event = json, "authentication rejected");
        }
        Ok(())
    }

    fn notice(&self, notice: &Notice) -> io::Result<()> {
        let json = serde_json::to_string(notice)?;
        tracing::error!(target: "auth_events", notice = notice.notice.as_str(), event = json, "notice about authentication");
        Ok(())
    }

    fn summary(&self, summary: &Summary) -> io::Result<()> {
        let json = serde_json::to_string(summary)?;
        tracing::warn!(target: "auth_events", reason = summary.reason.as_str(), event = json, "events suppressed");
        Ok(())
    }
}

/// Holds the events that [`Events::collect`](super::Events::collect) has taken.
///
/// ```
/// use auth_runtime::Events;
///
/// let (events, collected) = Events::collect();
/// // .. requests to a verifier with these `events`
/// drop(events);
/// assert!(collected.take().is_empty());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Collected {
    events: Arc<Mutex<Vec<AuthEvent>>>,
    notices: Arc<Mutex<Vec<Notice>>>,
}

impl Collected {
    /// Returns the events since the last call, oldest first.
    #[must_use]
    pub fn take(&self) -> Vec<AuthEvent> {
        std::mem::take(&mut *self.events.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns the notices since the last call, oldest first.
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
