//! Tokens revoked before they expire: what they are revoked by, and the trait of the stores.

use crate::credential::token::Registered;
use crate::credential::token::json::Json;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Knows which tokens were taken back: [`RevocationList`] in the memory of one instance, `RedisRevocations` (feature
/// `redis`) for many, or a store of your own.
///
/// It is asked for each token, after everything else about it was found good, and again while a stream is
/// [guarded](crate::Authenticated::guard).
pub trait Revocations: Send + Sync + 'static {
    /// Says whether a token still holds.
    ///
    /// # Errors
    ///
    /// [`RevocationError`], when it doesn't or when that can't be known. Both refuse the request; so does an answer
    /// that takes longer than the verifier's time limit.
    fn check<'a>(
        &'a self,
        token: &'a TokenIdentity<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<(), RevocationError>> + Send + 'a>>;

    /// How long a revocation is remembered at least, for stores that forget. A verifier whose tokens may live longer
    /// is refused when it is built.
    fn remembered_for(&self) -> Option<Duration> {
        None
    }

    /// A verifier was built that asks it. A store around another one hands this on.
    fn is_asked(&self) {}

    /// What the posture calls it.
    fn name(&self) -> String {
        "a store of the service's own".to_owned()
    }
}

/// What tokens are revoked by. All of it was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenIdentity<'a> {
    /// `iss`: whose names the others are. Without it they mean nothing.
    pub issuer: &'a str,
    /// `sub`.
    pub subject: &'a str,
    /// `jti`.
    pub token_id: Option<&'a str>,
    /// `sid` (OpenID Connect Front-Channel Logout section 3).
    pub session_id: Option<&'a str>,
    /// `iat`, in whole seconds.
    pub issued_at: Option<SystemTime>,
    /// `exp`.
    pub expires_at: SystemTime,
}

impl<'a> TokenIdentity<'a> {
    pub(crate) fn of(registered: &'a Registered) -> Self {
        let claims = registered.claims.root();
        let text = |name| claims.get(name).and_then(Json::text);
        // Rounded down: to a revocation "up to" it is rather too old than too young.
        let issued_at = claims.get("iat").and_then(|iat| {
            let Json::Number(iat) = iat else { return None };
            let seconds = iat.as_u64().or_else(|| {
                let seconds = Duration::try_from_secs_f64(iat.as_f64()?).ok()?;
                Some(seconds.as_secs())
            })?;
            UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
        });
        Self {
            issuer: &registered.issuer.name,
            subject: &registered.subject,
            token_id: text("jti"),
            session_id: text("sid"),
            issued_at,
            expires_at: registered.expires_at,
        }
    }

    /// What takes this one token back, and no other: for a logout.
    ///
    /// # Errors
    ///
    /// [`RevokeError::NoTokenId`], when it has no `jti`: then its session or its subject has to be revoked.
    pub fn revocation(&self) -> Result<Revocation, RevokeError> {
        let token_id = self.token_id.ok_or(RevokeError::NoTokenId)?.to_owned();
        Ok(Revocation::Token { issuer: self.issuer.to_owned(), token_id, expires_at: Some(self.expires_at) })
    }

    /// P6: a token that doesn't say when it was issued was issued before.
    pub(crate) fn was_issued_up_to(&self, time: SystemTime) -> Result<(), RevocationError> {
        match self.issued_at {
            Some(issued_at) if issued_at > time => Ok(()),
            _ => Err(RevocationError::Revoked),
        }
    }
}

/// Why a token does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevocationError {
    /// It was taken back: 401.
    #[error("the token was revoked")]
    Revoked,
    /// It can't be known: 503. The words go into the event.
    #[error("the revocations can't be reached: {0}")]
    Unavailable(String),
    /// The store was reached, and what it holds can't be understood: 503, whatever
    /// [`without_revocations_for`](crate::VerifierBuilder::without_revocations_for) allows, since it is no outage.
    #[error("the revocations can't be read: {0}")]
    Unreadable(String),
}

/// Tokens to be taken back, by names that only their issuer (`iss`) gives them.
///
/// ```
/// use auth_runtime::Revocation;
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
        /// `exp`, where it is known: it need not be remembered for longer.
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
        /// Tokens with an `iat` up to this second, and those without one.
        issued_up_to: SystemTime,
    },
}

impl Revocation {
    /// The token with this `jti`. For that of a proof:
    /// [`auth.token_identity().revocation()`](TokenIdentity::revocation).
    pub fn token(issuer: impl Into<String>, token_id: impl Into<String>) -> Self {
        Self::Token { issuer: issuer.into(), token_id: token_id.into(), expires_at: None }
    }

    /// All tokens of a session (`sid`), also those that are issued later, for as long as it is remembered. It has to end at
    /// the issuer too, if it can last longer.
    pub fn session(issuer: impl Into<String>, session_id: impl Into<String>) -> Self {
        Self::Session { issuer: issuer.into(), session_id: session_id.into() }
    }

    /// All tokens of a subject that were issued up to a time: everywhere logged out, a password changed.
    ///
    /// `iat` has whole seconds: a token that is issued later in the same second is taken back too.
    pub fn subject(issuer: impl Into<String>, subject: impl Into<String>, issued_up_to: SystemTime) -> Self {
        Self::Subject { issuer: issuer.into(), subject: subject.into(), issued_up_to }
    }

    pub(crate) fn names(&self) -> (&str, &str) {
        match self {
            Self::Token { issuer, token_id: name, .. }
            | Self::Session { issuer, session_id: name }
            | Self::Subject { issuer, subject: name, .. } => (issuer, name),
        }
    }

    /// How long it has to be kept. One for a time to come is remembered from then on.
    pub(crate) fn kept_for(&self, remembered_for: Duration, now: SystemTime) -> Duration {
        // More than any token lives, and little enough to be added to any time.
        const MOST: Duration = Duration::from_hours(100 * 366 * 24);
        // The most that clocks may be apart, and as much again: the verifier's may be another than the machine's.
        const LEEWAY: Duration = Duration::from_mins(10);
        let kept = match self {
            Self::Subject { issued_up_to, .. } => {
                remembered_for.saturating_add(issued_up_to.duration_since(now).unwrap_or_default())
            }
            // Else whoever gets many tokens fills the list by logging out.
            Self::Token { expires_at: Some(expires_at), .. } => {
                let left = expires_at.duration_since(now).unwrap_or_default();
                remembered_for.min(left.saturating_add(LEEWAY))
            }
            Self::Token { .. } | Self::Session { .. } => remembered_for,
        };
        kept.min(MOST)
    }

    /// So that what is kept is bounded in bytes, not only in number.
    pub(crate) fn check_length(&self) -> Result<(), RevokeError> {
        const MOST: usize = 1024;
        let (issuer, name) = self.names();
        if issuer.len().max(name.len()) > MOST { Err(RevokeError::TooLong) } else { Ok(()) }
    }
}

/// Why tokens could not be taken back. They still hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevokeError {
    /// The token has no `jti` to revoke it by.
    #[error("the token has no `jti`; revoke its session or its subject")]
    NoTokenId,
    /// A name of more than 1024 bytes.
    #[error("the name is longer than 1024 bytes; revoke the session or the subject")]
    TooLong,
    /// No verifier asks this list.
    #[error("no verifier asks this list; give a clone of it to `.revocations(..)`")]
    NobodyAsks,
    /// The store holds as many as it may.
    #[error("the list is full: it holds {0} revocations, and forgets none before its time")]
    Full(usize),
    /// The store can't be reached.
    #[error("the revocations can't be reached: {0}")]
    Unavailable(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_back_is_kept_as_long_as_it_can_matter_and_a_token_no_longer() {
        let now = UNIX_EPOCH + Duration::from_hours(24 * 365 * 50);
        let (day, minute) = (Duration::from_hours(25), Duration::from_mins(1));
        let token = |expires_at| Revocation::Token { issuer: String::new(), token_id: String::new(), expires_at };
        for (revocation, kept) in [
            (Revocation::session("", ""), day),
            (Revocation::subject("", "", now), day),
            (Revocation::subject("", "", UNIX_EPOCH), day),
            (Revocation::subject("", "", now + day), day * 2),
            (token(None), day),
            // Whoever gets many tokens must not fill the list by logging out.
            (token(Some(now + minute * 5)), minute * 15),
            (token(Some(now - minute)), minute * 10),
            (token(Some(now + day * 9)), day),
        ] {
            assert_eq!(revocation.kept_for(day, now), kept, "{revocation:?}");
        }
        assert!(token(None).kept_for(Duration::MAX, now) < Duration::MAX);
    }
}
