//! Where events go.

use super::{AuthEvent, Notice};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

/// Takes events. It is called while a request waits for its refusal: hand over, and don't block. A sink that blocks
/// stops the service.
pub trait EventSink: Send + Sync + 'static {
    /// Takes one event.
    ///
    /// # Errors
    ///
    /// When it could not be taken; it is then counted as lost ([`Events::lost`](super::Events::lost)).
    fn record(&self, event: &AuthEvent) -> io::Result<()>;

    /// Takes one notice. Unless a sink says otherwise, it goes where the service's other diagnostics go.
    ///
    /// # Errors
    ///
    /// As [`record`](Self::record).
    fn notice(&self, notice: &Notice) -> io::Result<()> {
        Tracing.notice(notice)
    }

    /// How many events were taken and lost afterwards.
    fn lost(&self) -> u64 {
        0
    }
}

/// The service's own diagnostics, under a target of their own.
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
