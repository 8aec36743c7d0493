//! Counts of decisions by class.

use crate::Class;
use crate::kind::Kind;
use serde::Serialize;

/// Counts of decisions since the event stream started.
///
/// They are exact, even if events were suppressed or dropped.
///
/// ```
/// use auth_runtime::Events;
///
/// let (events, _) = Events::collect();
/// // .. requests to a verifier with these `events`
/// let counts = events.counts();
/// assert_eq!((counts.accepted, counts.invalid), (0, 0));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// Tokens that were accepted.
    pub accepted: u64,
    /// [`Class::Missing`].
    pub missing: u64,
    /// [`Class::ClientBug`].
    pub client_bug: u64,
    /// [`Class::Invalid`].
    pub invalid: u64,
    /// [`Class::ClaimsRefused`].
    pub claims: u64,
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
    pub(super) fn of(accepted: u64, abandoned: u64, refused: impl Iterator<Item = (Kind, u64)>) -> Self {
        refused.fold(Self { accepted, abandoned, ..Self::default() }, |mut counts, (kind, count)| {
            *match kind.class {
                Class::Missing => &mut counts.missing,
                Class::ClientBug => &mut counts.client_bug,
                Class::Invalid => &mut counts.invalid,
                Class::ClaimsRefused => &mut counts.claims,
                Class::Expired => &mut counts.expired,
                Class::Denied => &mut counts.denied,
                Class::Unavailable => &mut counts.unavailable,
            } += count;
            counts
        })
    }
}
