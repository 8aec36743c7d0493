//! Counts what a worker holds and what it has dropped.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts the held and the dropped events of a worker; for the pager, its pages.
///
/// P7: an event that a worker was given is held, delivered, kept on disk, or dropped; never two of
/// these.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    held: AtomicU64,
    dropped: AtomicU64,
}

impl Ledger {
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::SeqCst)
    }

    /// Adds events that were taken and now wait in memory.
    pub(crate) fn hold(&self, events: u64) {
        self.held.fetch_add(events, Ordering::SeqCst);
    }

    /// Removes events from the memory, because they were delivered or are on disk.
    pub(crate) fn release(&self, events: u64) {
        self.take(events);
    }

    /// Counts events as dropped that were held.
    pub(crate) fn drop_held(&self, events: u64) {
        let taken = self.take(events);
        self.dropped.fetch_add(taken, Ordering::SeqCst);
    }

    /// Counts events as dropped that were on disk or never held.
    pub(crate) fn drop_other(&self, events: u64) {
        self.dropped.fetch_add(events, Ordering::SeqCst);
    }

    /// Drops all held events, because their thread does not end, and returns how many there were.
    pub(crate) fn abandon(&self) -> u64 {
        let taken = self.take(u64::MAX);
        self.dropped.fetch_add(taken, Ordering::SeqCst);
        taken
    }

    /// Takes at most as many events as are held.
    ///
    /// Abandoned events are not counted again if their thread continues later.
    fn take(&self, events: u64) -> u64 {
        let take = |held: u64| Some(held.saturating_sub(events));
        let before = self.held.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).unwrap_or_default();
        before.min(events)
    }
}

#[cfg(test)]
mod tests {
    use super::Ledger;

    #[test]
    fn abandoned_events_are_counted_once() {
        let ledger = Ledger::default();
        ledger.hold(10);
        ledger.release(3);
        ledger.drop_held(2);
        assert_eq!(ledger.abandon(), 5);
        // The thread continues.
        ledger.release(4);
        ledger.drop_held(1);
        ledger.drop_other(1);
        assert_eq!(ledger.dropped(), 8);
    }
}
