//! Ids that the store did not know a moment ago.

use crate::base::DualClockInstant;
use quick_cache::sync::Cache;
use std::time::{Duration, SystemTime};
use tower_sessions_core::session::Id;

/// Ids, so that a flood of requests with one of them is one look-up each second.
///
/// P6: it only refuses. It is bounded, so a flood of different ids costs no memory, and each of
/// them costs its look-up.
pub(super) struct UnknownIds(Cache<i128, DualClockInstant>);

/// Short, because a replica of the store may learn of a new session late.
const FOR: Duration = Duration::from_secs(1);

const AT_MOST: usize = 4096;

impl UnknownIds {
    pub(super) fn new() -> Self {
        Self(Cache::new(AT_MOST))
    }

    /// Whether the store did not know the id within the last second.
    pub(super) fn contain(&self, id: Id, now: SystemTime) -> bool {
        self.0.get(&id.0).is_some_and(|since| since.elapsed(now) < FOR)
    }

    pub(super) fn insert(&self, id: Id, now: SystemTime) {
        self.0.insert(id.0, DualClockInstant::new(now));
    }
}
