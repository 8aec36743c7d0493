//! Keeps the counts of the last minute.

use crate::refusal_counters::Sample;
use crate::{Class, Reason};
use std::collections::{BTreeMap, VecDeque};

const MINUTE: usize = 60;

/// The samples of the last minute, one a second, oldest first.
pub(super) struct Window(VecDeque<Sample>);

impl Default for Window {
    fn default() -> Self {
        Self(VecDeque::from([Sample::default()]))
    }
}

impl Window {
    pub(super) fn push(&mut self, sample: &Sample) {
        self.0.push_back(*sample);
        if self.0.len() > MINUTE + 1 {
            self.0.pop_front();
        }
    }

    pub(super) fn last(&self) -> Sample {
        self.0.back().copied().unwrap_or_default()
    }

    /// Returns the sample of so many seconds ago, if there was one.
    pub(super) fn before(&self, seconds: usize) -> Option<Sample> {
        self.0.get(self.0.len().checked_sub(seconds + 1)?).copied()
    }

    /// Returns the counts of the last so many seconds.
    pub(super) fn within(&self, seconds: usize) -> Counts {
        let now = self.last();
        let then = self.before(seconds).or_else(|| self.0.front().copied()).unwrap_or_default();
        let refused = |index: usize| now.totals.refused[index] - then.totals.refused[index];
        Counts {
            accepted: now.totals.accepted - then.totals.accepted,
            refused: std::array::from_fn(refused),
            dropped: now.dropped - then.dropped,
        }
    }

    pub(super) fn reasons(&self, seconds: usize) -> BTreeMap<&'static str, u64> {
        let counts = self.within(seconds).refused;
        let named = Reason::ALL.iter().zip(counts).filter(|(_, count)| *count > 0);
        named.map(|(reason, count)| (reason.as_str(), count)).collect()
    }
}

/// Counts within a window.
pub(super) struct Counts {
    pub(super) accepted: u64,
    refused: [u64; Reason::ALL.len()],
    pub(super) dropped: u64,
}

impl Counts {
    pub(super) fn of(&self, class: Class) -> u64 {
        let reasons = Reason::ALL.iter().zip(self.refused);
        reasons.filter(|(reason, _)| reason.class() == class).map(|(_, count)| count).sum()
    }
}
