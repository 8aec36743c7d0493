//! Holds the time at which a worker must end.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// The time at which a worker must end. It is set once, when the worker's queue is closed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Deadline(Arc<OnceLock<Instant>>);

impl Deadline {
    /// Sets the deadline, unless it is set already, and returns the one that holds.
    pub(super) fn set(&self, at: Instant) -> Instant {
        *self.0.get_or_init(|| at)
    }

    pub(super) fn get(&self) -> Option<Instant> {
        self.0.get().copied()
    }

    /// Returns whether the worker must stop at once.
    pub(crate) fn has_passed(&self) -> bool {
        self.get().is_some_and(|at| Instant::now() >= at)
    }
}
