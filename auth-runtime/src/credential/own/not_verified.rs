//! Why the service did not verify a credential: [`NotVerified`].

use crate::rejection::{Refusal, Rejection};
use auth_events::Reason;
use std::borrow::Cow;

/// States why a credential is not verified. Each variant rejects the request.
///
/// The text goes into the event only, never to the client. It must not contain the credential.
///
/// ```
/// use auth_runtime::credentials::NotVerified;
///
/// fn seal(presented: &str) -> Result<&str, NotVerified> {
///     let (_, seal) = presented.split_once('.').ok_or(NotVerified::malformed("no seal"))?;
///     Ok(seal)
/// }
///
/// assert!(seal("alice").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[must_use = "it has no effect unless it is returned: write `Err(..)`"]
pub enum NotVerified {
    /// The text cannot be a credential of this kind: 401.
    #[error("the credential is malformed: {0}")]
    Malformed(Cow<'static, str>),
    /// The credential was never valid, such as one with a bad signature: 401.
    #[error("the credential is invalid: {0}")]
    Invalid(Cow<'static, str>),
    /// The credential was valid once: 401.
    #[error("the credential has expired")]
    Expired,
    /// The service could not decide: 503.
    #[error("the credential could not be verified: {0}")]
    Undecided(Cow<'static, str>),
}

impl NotVerified {
    /// Rejects a malformed credential, with the reason for the event.
    pub fn malformed(why: impl Into<Cow<'static, str>>) -> Self {
        Self::Malformed(why.into())
    }

    /// Rejects an invalid credential, with the reason for the event.
    pub fn invalid(why: impl Into<Cow<'static, str>>) -> Self {
        Self::Invalid(why.into())
    }

    /// Rejects because the service could not decide, with the reason for the event.
    pub fn undecided(why: impl Into<Cow<'static, str>>) -> Self {
        Self::Undecided(why.into())
    }
}

/// P6: none of them admits the caller.
impl From<NotVerified> for Refusal {
    fn from(why: NotVerified) -> Self {
        let (rejection, detail) = match why {
            NotVerified::Malformed(why) => (Rejection::InvalidToken(Reason::MalformedCredentials), Some(why)),
            NotVerified::Invalid(why) => (Rejection::InvalidToken(Reason::InvalidCredentials), Some(why)),
            NotVerified::Expired => (Rejection::InvalidToken(Reason::Expired), None),
            NotVerified::Undecided(why) => (Rejection::Unavailable(Reason::VerifierUnavailable), Some(why)),
        };
        Self { detail, ..Self::from(rejection) }
    }
}
