//! Counts of decisions by class.

use crate::{Class, Reason};
use serde::Serialize;

/// Counts of decisions since the event stream started.
///
/// They are exact, even if events were suppressed or dropped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// Tokens that were accepted.
    pub accepted: u64,
    /// [`Class::Missing`].
    pub missing: u64,
    /// [`Class::Invalid`].
    pub invalid: u64,
    /// [`Class::Expired`].
    pub expired: u64,
    /// [`Class::Denied`].
    pub denied: u64,
    /// [`Class::Unavailable`].
    pub unavailable: u64,
    /// Decisions without an outcome. They make no event.
    ///
    /// The client closed its connection while the verifier waited for a store, an issuer or a rule.
    pub abandoned: u64,
}

impl Counts {
    pub(super) fn of(accepted: u64, abandoned: u64, refused: impl Iterator<Item = (Reason, u64)>) -> Self {
        refused.fold(Self { accepted, abandoned, ..Self::default() }, |mut counts, (reason, count)| {
            *match reason.class() {
                Class::Missing => &mut counts.missing,
                Class::Invalid => &mut counts.invalid,
                Class::Expired => &mut counts.expired,
                Class::Denied => &mut counts.denied,
                Class::Unavailable => &mut counts.unavailable,
            } += count;
            counts
        })
    }
}
