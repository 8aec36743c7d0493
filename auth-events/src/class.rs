//! Classes and severities of rejections, so that a crawler does not cause a page.

use serde::Serialize;
use std::fmt;

/// The class of a rejection.
///
/// ```
/// use auth_runtime::events::{Class, Reason};
///
/// assert_eq!(Reason::BadSignature.class(), Class::Invalid);
/// assert_eq!(Class::Invalid.as_str(), "invalid");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Class {
    /// No token, or a token in a place where tokens are not accepted.
    ///
    /// Health checks, crawlers and clients that are not configured yet. This is noise unless all
    /// requests are like this.
    Missing,
    /// A word in place of a token, such as `undefined`: a bug of a client program.
    ClientBug,
    /// A token that was never valid: an attack, or this service has wrong keys.
    Invalid,
    /// A token with a good signature and claims that are refused, so it is not forged.
    ///
    /// For another service, of another kind, without a required claim, or from a clock that
    /// differs.
    #[serde(rename = "claims")]
    ClaimsRefused,
    /// A token that was valid once: expired or revoked.
    Expired,
    /// An authenticated caller without the permission.
    Denied,
    /// Authentication could not be decided, by a fault of this service or its dependencies.
    Unavailable,
}

impl Class {
    /// All classes.
    pub const ALL: [Self; 7] = [
        Self::Missing,
        Self::ClientBug,
        Self::Invalid,
        Self::ClaimsRefused,
        Self::Expired,
        Self::Denied,
        Self::Unavailable,
    ];

    /// Returns the name that events use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::ClientBug => "client_bug",
            Self::Invalid => "invalid",
            Self::ClaimsRefused => "claims",
            Self::Expired => "expired",
            Self::Denied => "denied",
            Self::Unavailable => "unavailable",
        }
    }

    /// Returns the severity of one rejection of this class. The pager judges many of them.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::Missing | Self::ClientBug | Self::Expired => Severity::Informational,
            Self::ClaimsRefused | Self::Denied => Severity::Low,
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

/// A severity, by the names of OCSF (`severity_id` 1 to 5).
///
/// ```
/// use auth_runtime::events::{Class, Severity};
///
/// assert!(Class::Invalid.severity() > Severity::Low);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Severity {
    /// No action is needed.
    Informational,
    /// No action is needed for a single one.
    Low,
    /// An operator should look at it.
    Medium,
    /// Something is broken.
    High,
    /// Valid callers are rejected, or invalid ones accepted.
    Critical,
}

impl Severity {
    /// Returns the name that events use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}
