//! What kind of news a refusal is: one kind for all would wake people for every crawler.

use super::Reason;
use serde::Serialize;
use std::fmt;

/// What kind of thing a refusal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Class {
    /// Nobody has presented a token, or has put it where it is not used: health checks, crawlers, clients that are not set
    /// up yet. Noise, unless there is nothing else.
    Missing,
    /// A token that was never good: an attack, or keys of ours that are not the issuer's.
    Invalid,
    /// A token that was good once: expired, or taken back.
    Expired,
    /// A known caller that may not do this.
    Denied,
    /// It can't be known: our own fault.
    Unavailable,
}

impl Class {
    /// Every class there is.
    pub const ALL: [Self; 5] = [Self::Missing, Self::Invalid, Self::Expired, Self::Denied, Self::Unavailable];

    /// The word that the stream uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Invalid => "invalid",
            Self::Expired => "expired",
            Self::Denied => "denied",
            Self::Unavailable => "unavailable",
        }
    }

    /// How bad one of them is. What many of them are is for the pager to say.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::Missing | Self::Expired => Severity::Informational,
            Self::Denied => Severity::Low,
            Self::Invalid => Severity::Medium,
            Self::Unavailable => Severity::High,
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How many decisions there were, since the stream began. Exact, whatever was told of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// Tokens that were found good.
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
    /// Decisions that were dropped before there was an outcome, because the client closed its
    /// connection while the verifier waited for a store, an issuer or a rule. They make no event.
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

/// How bad something is, in the words of OCSF (`severity_id` 1 to 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Severity {
    /// Nothing to do.
    Informational,
    /// Nothing to do about one of them.
    Low,
    /// Somebody should look.
    Medium,
    /// Something is broken.
    High,
    /// Callers are refused, or let in, who should not be.
    Critical,
}
