//! What tokens are revoked by.

use super::RevokeError;
use std::time::{Duration, SystemTime};

/// Identifies the tokens to revoke, by names that are unique for their issuer (`iss`).
///
/// ```
/// use auth_runtime::revocation::Revocation;
/// use std::time::SystemTime;
///
/// let logout = Revocation::session("https://id.example.com/", "08a5019c");
/// let everywhere = Revocation::subject("https://id.example.com/", "alice", SystemTime::now());
/// # drop((logout, everywhere));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Revocation {
    /// The token with this `jti`.
    Token {
        /// `iss`.
        issuer: String,
        /// `jti`.
        token_id: String,
        /// `exp`, if it is known and cannot change. The revocation is not needed for longer.
        expires_at: Option<SystemTime>,
    },
    /// All tokens of a session, whenever they were issued.
    Session {
        /// `iss`.
        issuer: String,
        /// `sid`.
        session_id: String,
    },
    /// All tokens of a subject that were issued up to a time.
    Subject {
        /// `iss`.
        issuer: String,
        /// `sub`.
        subject: String,
        /// The time up to which tokens are revoked, plus the verifier's leeway.
        ///
        /// Tokens without an `iat` are revoked too.
        issued_up_to: SystemTime,
    },
}

impl Revocation {
    /// Revokes the token with this `jti`.
    ///
    /// For the token of a proof, use
    /// [`auth.token_identity().revocation()`](super::TokenIdentity::revocation).
    pub fn token(issuer: impl Into<String>, token_id: impl Into<String>) -> Self {
        Self::Token { issuer: issuer.into(), token_id: token_id.into(), expires_at: None }
    }

    /// Revokes all tokens of a session (`sid`), as long as the store keeps the revocation.
    ///
    /// This includes tokens that are issued later. A session at an issuer of tokens that can last
    /// longer has to be ended there too.
    pub fn session(issuer: impl Into<String>, session_id: impl Into<String>) -> Self {
        Self::Session { issuer: issuer.into(), session_id: session_id.into() }
    }

    /// Revokes all tokens of a subject that were issued up to a time.
    ///
    /// For a logout from all devices, or after a password change. The issuer's clock may be ahead,
    /// so a token is revoked when its `iat`, in whole seconds and less the verifier's
    /// [leeway](crate::credentials::VerifierBuilder::leeway), is not later than the time. That
    /// includes tokens of a new login within the leeway (30 seconds by default) after that time.
    pub fn subject(issuer: impl Into<String>, subject: impl Into<String>, issued_up_to: SystemTime) -> Self {
        Self::Subject { issuer: issuer.into(), subject: subject.into(), issued_up_to }
    }

    /// The issuer, and the `jti`, `sid` or `sub`.
    pub(crate) fn key(&self) -> (&str, &str) {
        match self {
            Self::Token { issuer, token_id: name, .. }
            | Self::Session { issuer, session_id: name }
            | Self::Subject { issuer, subject: name, .. } => (issuer, name),
        }
    }

    /// How long a store has to keep it. A revocation for a future time is kept from then on.
    pub(crate) fn retention(&self, configured: Duration, now: SystemTime) -> Duration {
        // More than the lifetime of any token, and can be added to any time without overflow.
        const MOST: Duration = Duration::from_secs(100 * 366 * 24 * 60 * 60);
        // Twice the largest leeway, because the verifier's clock may differ from the machine's.
        const LEEWAY: Duration = Duration::from_secs(10 * 60);
        // `iat` and the leeway are compared in whole seconds, which revokes tokens that are up to
        // two seconds younger.
        const ROUNDING: Duration = Duration::from_secs(2);
        let retention = match self {
            Self::Subject { issued_up_to, .. } => {
                configured.saturating_add(ROUNDING).saturating_add(issued_up_to.duration_since(now).unwrap_or_default())
            }
            // Otherwise a caller who gets many tokens could fill the list by logging out.
            Self::Token { expires_at: Some(expires_at), .. } => {
                let left = expires_at.duration_since(now).unwrap_or_default();
                configured.min(left.saturating_add(LEEWAY))
            }
            Self::Token { .. } | Self::Session { .. } => configured,
        };
        retention.min(MOST)
    }

    /// Bounds the size of a revocation in bytes, because stores bound only their number.
    pub(crate) fn check_length(&self) -> Result<(), RevokeError> {
        const MOST: usize = 1024;
        let (issuer, name) = self.key();
        if issuer.len().max(name.len()) > MOST { Err(RevokeError::TooLong) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::UNIX_EPOCH;

    #[test]
    fn a_revocation_is_kept_as_long_as_its_tokens_can_be_accepted() {
        let now = UNIX_EPOCH + Duration::from_secs(24 * 365 * 50 * 60 * 60);
        let (day, minute, second) =
            (Duration::from_secs(25 * 60 * 60), Duration::from_secs(60), Duration::from_secs(1));
        let token = |expires_at| Revocation::Token { issuer: String::new(), token_id: String::new(), expires_at };
        for (revocation, kept) in [
            (Revocation::session("", ""), day),
            (Revocation::subject("", "", now), day + second * 2),
            (Revocation::subject("", "", UNIX_EPOCH), day + second * 2),
            (Revocation::subject("", "", now + day), day * 2 + second * 2),
            (token(None), day),
            // A caller who gets many tokens must not fill the list by logging out.
            (token(Some(now + minute * 5)), minute * 15),
            (token(Some(now - minute)), minute * 10),
            (token(Some(now + day * 9)), day),
        ] {
            assert_eq!(revocation.retention(day, now), kept, "{revocation:?}");
        }
        assert!(token(None).retention(Duration::MAX, now) < Duration::MAX);
    }
}
