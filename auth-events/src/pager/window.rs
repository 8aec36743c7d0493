//! Keeps the counts of the last minute.

use crate::kind::Kind;
use crate::refusal_counters::{ClaimCounts, Sample};
use crate::{Class, Reason};
use std::collections::{BTreeMap, VecDeque};

pub(super) const MINUTE: usize = 60;

/// The samples of the last minute, one a second, oldest first.
pub(super) struct Window(VecDeque<Sample>);

impl Default for Window {
    fn default() -> Self {
        Self(VecDeque::from([Sample::default()]))
    }
}

impl Window {
    pub(super) fn push(&mut self, sample: &Sample) {
        self.0.push_back(sample.clone());
        if self.0.len() > MINUTE + 1 {
            self.0.pop_front();
        }
    }

    pub(super) fn last(&self) -> &Sample {
        // There is always one.
        &self.0[self.0.len() - 1]
    }

    /// Returns the sample of so many seconds ago, if there was one.
    pub(super) fn before(&self, seconds: usize) -> Option<&Sample> {
        self.0.get(self.0.len().checked_sub(seconds + 1)?)
    }

    /// Returns the counts of the last minute.
    pub(super) fn minute(&self) -> Counts {
        let (now, then) = (self.last(), &self.0[0]);
        let refused = |index: usize| now.totals.refused[index] - then.totals.refused[index];
        Counts {
            accepted: now.totals.accepted - then.totals.accepted,
            refused: std::array::from_fn(refused),
            dropped: now.dropped - then.dropped,
        }
    }

    /// Returns the claims that events have named in the last minute.
    pub(super) fn claims(&self) -> ClaimCounts {
        let then = |name| self.0[0].claims.get(name).copied().unwrap_or_default();
        let grown = self.last().claims.iter().map(|(name, count)| (name, count - then(name)));
        grown.filter(|(_, count)| *count > 0).map(|(name, count)| (name.clone(), count)).collect()
    }
}

/// Counts within a window.
pub(super) struct Counts {
    pub(super) accepted: u64,
    /// By [`Kind::index`].
    refused: [u64; Kind::COUNT],
    pub(super) dropped: u64,
}

impl Counts {
    pub(super) fn of(&self, class: Class) -> u64 {
        self.kinds().filter(|(kind, _)| kind.class == class).map(|(_, count)| count).sum()
    }

    /// Returns the number of failed attempts.
    ///
    /// A request without a credential or with a placeholder is not an attempt, and a denied caller
    /// is authenticated.
    pub(super) fn failures(&self) -> u64 {
        self.hard_failures() + self.of(Class::ClaimsRefused) + self.of(Class::Expired)
    }

    /// Returns the number of attempts with tokens that were never valid, or that could not be
    /// decided.
    pub(super) fn hard_failures(&self) -> u64 {
        self.of(Class::Invalid) + self.of(Class::Unavailable)
    }

    /// Returns the number of requests whose caller is authenticated.
    pub(super) fn known(&self) -> u64 {
        self.accepted + self.of(Class::Denied)
    }

    pub(super) fn attempts(&self) -> u64 {
        self.known() + self.failures()
    }

    /// Returns whether a count is more than this share of the attempts.
    #[expect(clippy::cast_precision_loss, reason = "a share is not exact")]
    pub(super) fn exceeds(&self, count: u64, share: f64) -> bool {
        count as f64 > share * self.attempts() as f64
    }

    /// Returns the counts of the reasons of a class that are not zero.
    pub(super) fn reasons_of(&self, class: Class) -> impl Iterator<Item = (&'static str, u64)> {
        self.kinds().filter(move |(kind, _)| kind.class == class).map(|(kind, count)| (kind.reason.as_str(), count))
    }

    pub(super) fn reasons(&self) -> BTreeMap<&'static str, u64> {
        self.kinds().fold(BTreeMap::new(), |mut reasons, (Kind { reason, .. }, count)| {
            *reasons.entry(Reason::as_str(reason)).or_default() += count;
            reasons
        })
    }

    fn kinds(&self) -> impl Iterator<Item = (Kind, u64)> {
        Kind::all().zip(self.refused).filter(|(_, count)| *count > 0)
    }
}
