//! Counts without a cache line that all threads write: [`StripedCounter`].

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// More threads than this share stripes.
const STRIPES: usize = 16;

/// Counts what many threads do at once.
///
/// Each thread writes a stripe of its own, because a line that two cores write in turns costs each
/// of them more than the rest of a decision.
#[derive(Default)]
pub(super) struct StripedCounter {
    stripes: [Stripe; STRIPES],
}

/// Two cache lines, because processors fetch lines in pairs.
#[derive(Default)]
#[repr(align(128))]
struct Stripe(AtomicU64);

static THREADS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static STRIPE: usize = THREADS.fetch_add(1, Ordering::Relaxed) % STRIPES;
}

impl StripedCounter {
    pub(super) fn increment(&self) {
        STRIPE.with(|stripe| self.stripes[*stripe].0.fetch_add(1, Ordering::Relaxed));
    }

    /// Returns the sum of all stripes, each as it is when it is read.
    pub(super) fn sum(&self) -> u64 {
        self.stripes.iter().map(|stripe| stripe.0.load(Ordering::Relaxed)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::{STRIPES, StripedCounter};

    #[test]
    fn the_counts_of_all_threads_are_summed() {
        let counter = StripedCounter::default();
        std::thread::scope(|scope| {
            for _ in 0..STRIPES + 3 {
                scope.spawn(|| (0..1000).for_each(|_| counter.increment()));
            }
        });
        assert_eq!(counter.sum(), 1000 * (STRIPES as u64 + 3));
    }
}
