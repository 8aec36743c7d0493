//! Why a key was not made, not stored, or not found.

use crate::base::ConfigError;
use std::borrow::Cow;

/// Why a key was not minted.
///
/// ```
/// use auth_runtime::api_keys::{ApiKey, MintError};
///
/// let error = ApiKey::mint("Acme Live", "customer-7").unwrap_err();
/// assert!(matches!(error, MintError::Prefix(_))); // write `acme_live`
/// let error = ApiKey::mint("acme_live", "").unwrap_err();
/// assert_eq!(error, MintError::NoOwner);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MintError {
    /// The prefix is refused.
    #[error(transparent)]
    Prefix(ConfigError),
    /// A record without an owner would be refused.
    #[error("the API key has no owner: pass the subject that it belongs to")]
    NoOwner,
    /// A revoked key cannot be rotated.
    #[error("the API key is revoked: mint another one")]
    Revoked,
    /// The system has no random numbers.
    #[error("the system has no random numbers: try again")]
    NoRandomNumbers,
}

/// A stored hash is not a SHA-256.
///
/// ```
/// use auth_runtime::api_keys::{InvalidHash, SecretHash};
///
/// let column: &[u8] = b"the column of another table";
/// let error: InvalidHash = SecretHash::try_from(column).unwrap_err();
/// assert!(error.to_string().contains("32 bytes, or 64 hexadecimal digits"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the hash is not a SHA-256: store its 32 bytes, or 64 hexadecimal digits")]
#[non_exhaustive]
pub struct InvalidHash;

/// The records of API keys are unreachable: 503. The text goes into the event only.
///
/// ```
/// use auth_runtime::api_keys::Unavailable;
///
/// let error = Unavailable::because("the database of keys did not answer");
/// assert_eq!(error.to_string(), "the database of keys did not answer");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
#[must_use = "it has no effect unless it is returned: write `Err(..)`"]
pub struct Unavailable {
    pub(super) why: Cow<'static, str>,
}

impl Unavailable {
    /// States what failed, for the event.
    pub fn because(why: impl Into<Cow<'static, str>>) -> Self {
        Self { why: why.into() }
    }
}
