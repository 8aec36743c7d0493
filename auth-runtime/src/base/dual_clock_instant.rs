//! How long ago something was, by two clocks.

use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// A moment, by the machine's clock, which never goes back but may stand still while the machine is suspended, and by
/// the verifier's, which may be set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DualClockInstant {
    machine: Instant,
    verifier: SystemTime,
}

impl DualClockInstant {
    pub(crate) fn new(now: SystemTime) -> Self {
        Self { machine: Instant::now(), verifier: now }
    }

    /// By the clock that says more: what is believed for a time is believed no longer than that by either.
    pub(crate) fn elapsed(self, now: SystemTime) -> Duration {
        self.machine.elapsed().max(now.duration_since(self.verifier).unwrap_or_default())
    }
}
