//! Where events go.

use super::AuthEvent;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// Takes events. It is called while a request waits for its refusal: hand over quickly, and don't block.
pub trait EventSink: Send + Sync + 'static {
    /// Takes one event.
    ///
    /// # Errors
    ///
    /// When it could not be taken; it is then counted as lost ([`Events::lost`](super::Events::lost)).
    fn record(&self, event: &AuthEvent) -> io::Result<()>;
}

/// One JSON object a line.
pub(super) struct JsonLines {
    writer: Mutex<Box<dyn Write + Send>>,
}

impl JsonLines {
    pub(super) fn new(writer: impl Write + Send + 'static) -> Self {
        Self { writer: Mutex::new(Box::new(writer)) }
    }
}

impl EventSink for JsonLines {
    fn record(&self, event: &AuthEvent) -> io::Result<()> {
        let mut line = serde_json::to_vec(event)?;
        line.push(b'\n');
        // A writer that panicked once may work the next time; half a line is better than silence.
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.write_all(&line)?;
        writer.flush()
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
}

/// The events that [`Events::collect`](super::Events::collect) took.
#[derive(Debug, Clone, Default)]
pub struct Collected {
    events: Arc<Mutex<Vec<AuthEvent>>>,
}

impl Collected {
    /// Hands over what has come in since the last call, oldest first.
    #[must_use]
    pub fn take(&self) -> Vec<AuthEvent> {
        std::mem::take(&mut *self.events.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl EventSink for Collected {
    fn record(&self, event: &AuthEvent) -> io::Result<()> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push(event.clone());
        Ok(())
    }
}
