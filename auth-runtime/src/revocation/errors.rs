//! Why a token is rejected, and why a revocation failed.

/// Why a token is rejected.
///
/// A store of the service's own returns it: see [`Revocations`](super::Revocations).
///
/// ```
/// use auth_runtime::revocation::RevocationError;
/// use std::io::{Error, ErrorKind};
///
/// fn of_store(error: &Error) -> RevocationError {
///     match error.kind() {
///         // An answer, so no grace for outages applies.
///         ErrorKind::InvalidData => RevocationError::Unreadable(error.to_string()),
///         _ => RevocationError::Unavailable(error.to_string()),
///     }
/// }
/// # let _ = of_store;
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevocationError {
    /// The token was revoked: 401.
    #[error("the token was revoked")]
    Revoked,
    /// The store did not answer: 503, unless
    /// [`without_revocations_for`](crate::credentials::VerifierBuilder::without_revocations_for)
    /// allows the token. The event contains the text.
    #[error("the revocation store is unreachable: {0}")]
    Unavailable(String),
    /// The store answered with an error, or with data that cannot be read: 503.
    ///
    /// [`without_revocations_for`](crate::credentials::VerifierBuilder::without_revocations_for)
    /// does not apply, because this is not an outage.
    #[error("the answer of the revocation store cannot be read: {0}")]
    Unreadable(String),
}

impl RevocationError {
    /// Combines the answers to several look-ups for one token.
    ///
    /// P6: one "revoked" rejects the token, whatever the other answers are. The grace period for
    /// outages does not cover an answer that cannot be read, even if another answer is missing.
    #[cfg(any(feature = "redis", test))]
    pub(crate) fn worst(answers: impl IntoIterator<Item = Result<(), Self>>) -> Result<(), Self> {
        let rank = |error: &Self| match error {
            Self::Unavailable(_) => 0,
            Self::Unreadable(_) => 1,
            Self::Revoked => 2,
        };
        answers.into_iter().filter_map(Result::err).max_by_key(rank).map_or(Ok(()), Err)
    }
}

/// Why a store did not revoke the tokens. They remain valid.
///
/// ```
/// use auth_runtime::revocation::{Revocation, RevocationList, RevokeError};
///
/// let list = RevocationList::default();
/// let logout = Revocation::session("https://id.example.com/", "08a5019c");
/// // The service has not passed a clone of it to its verifier.
/// assert_eq!(list.revoke(&logout), Err(RevokeError::NoVerifier));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevokeError {
    /// The token has no `jti` to revoke it by.
    #[error("the token has no `jti`: revoke its session or its subject")]
    NoTokenId,
    /// The issuer or the name is longer than 1024 bytes.
    #[error("the name is longer than 1024 bytes: revoke the session or the subject")]
    TooLong,
    /// No verifier checks this store.
    #[error("no verifier checks this store: pass a clone of it to `.revocations(..)`")]
    NoVerifier,
    /// The store is full.
    #[error("the list is full: {0} revocations, none of which may be removed yet: create it with a larger capacity")]
    Full(usize),
    /// The store is unreachable.
    #[error("the revocation store is unreachable: {0}")]
    Unavailable(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revoked_outweighs_unreadable_and_unreadable_outweighs_an_outage() {
        use RevocationError::{Revoked, Unavailable, Unreadable};
        let (out, garbled) = (|| Err(Unavailable("out".to_owned())), || Err(Unreadable("garbled".to_owned())));
        for (answers, worst) in [
            (vec![], Ok(())),
            (vec![Ok(()), Ok(())], Ok(())),
            (vec![Ok(()), out(), Ok(())], out()),
            (vec![out(), garbled(), out()], garbled()),
            (vec![garbled(), Err(Revoked), out()], Err(Revoked)),
            (vec![Err(Revoked), garbled()], Err(Revoked)),
            (vec![out(), Err(Revoked)], Err(Revoked)),
        ] {
            assert_eq!(RevocationError::worst(answers.clone()), worst, "{answers:?}");
        }
    }
}
