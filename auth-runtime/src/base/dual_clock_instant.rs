//! Measures elapsed time with two clocks.

use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// A point in time on two clocks.
///
/// The machine's clock never goes back, but may stop while the machine is suspended. The verifier's
/// clock may be set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DualClockInstant {
    machine: Instant,
    verifier: SystemTime,
}

impl DualClockInstant {
    pub(crate) fn new(now: SystemTime) -> Self {
        Self { machine: Instant::now(), verifier: now }
    }

    /// The longer of the two durations, so that a time limit holds on both clocks.
    pub(crate) fn elapsed(self, now: SystemTime) -> Duration {
        self.machine.elapsed().max(now.duration_since(self.verifier).unwrap_or_default())
    }
}
