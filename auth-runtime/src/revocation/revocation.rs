//! Tokens revoked before they expire: what they are revoked by, and the trait of the stores.

use crate::credential::token::VerifiedClaims;
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

    /// How long a revocation is kept at least, for stores that forget. A verifier needs `max_lifetime` and twice
    /// the `leeway`; with less it is refused when it is built.
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
    /// How far the issuer's clock may be ahead: the [leeway](crate::VerifierBuilder::leeway) of the verifier.
    pub leeway: Duration,
}

impl<'a> TokenIdentity<'a> {
    pub(crate) fn of(registered: &'a VerifiedClaims, leeway: Duration) -> Self {
        let claims = registered.claims.root();
        let text = |name| claims.get(name).and_then(Json::text);
        // Rounded down, so that a token issued in the second of a revocation counts as issued before it.
        let issued = registered.issued().map(|issued| Duration::from_secs(issued.as_secs()));
        Self {
            issuer: &registered.issuer.name,
            subject: &registered.subject,
            token_id: text("jti"),
            session_id: text("sid"),
            issued_at: issued.and_then(|issued| UNIX_EPOCH.checked_add(issued)),
            expires_at: registered.expires_at,
            leeway,
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

    /// Rejects a token that may have been issued up to a time: for a [`Revocation::Subject`] in a store of your own.
    ///
    /// ```
    /// # use auth_runtime::{RevocationError, TokenIdentity};
    /// # use std::time::SystemTime;
    /// fn check(token: &TokenIdentity<'_>, logged_out_at: Option<SystemTime>) -> Result<(), RevocationError> {
    ///     logged_out_at.map_or(Ok(()), |time| token.check_issued_after(time))
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`RevocationError::Revoked`], unless `iat` less the leeway is later than `revoked_up_to`, and for a token
    /// without `iat`.
    pub fn check_issued_after(&self, revoked_up_to: SystemTime) -> Result<(), RevocationError> {
        // P6: the issuer's clock may be ahead by the leeway, so a token that was issued before the revocation may
        // state a later `iat`. In whole seconds, rounded up, so that a store that keeps whole seconds (Redis) and
        // one that keeps more give the same answer.
        let leeway = Duration::from_secs(whole_seconds(self.leeway));
        match self.issued_at.and_then(|issued_at| issued_at.checked_sub(leeway)) {
            Some(earliest) if earliest > revoked_up_to => Ok(()),
            _ => Err(RevocationError::Revoked),
        }
    }
}

/// Seconds, rounded up.
fn whole_seconds(time: Duration) -> u64 {
    time.as_secs().saturating_add(u64::from(time.subsec_nanos() > 0))
}

/// Why a token does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevocationError {
    /// It was taken back: 401.
    #[error("the token was revoked")]
    Revoked,
    /// The store did not answer: 503, or as
    /// [`without_revocations_for`](crate::VerifierBuilder::without_revocations_for) allows. The words go into the
    /// event.
    #[error("the revocations can't be reached: {0}")]
    Unavailable(String),
    /// The store answered, and not with a decision: an error, or data that can't be understood. 503, whatever
    /// [`without_revocations_for`](crate::VerifierBuilder::without_revocations_for) allows, because it is not an
    /// outage.
    #[error("the revocations can't be read: {0}")]
    Unreadable(String),
}

impl RevocationError {
    /// Combines the answers to several questions about one token.
    ///
    /// P6: one "revoked" rejects the token, whatever else was answered. An answer that can't be read is not covered
    /// by the grace for outages, also when another answer is missing.
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
        /// Tokens with an `iat` up to this second and the verifier's leeway, and those without one.
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
    /// The issuer's clock may be ahead, so tokens are revoked when `iat`, in whole seconds and less the verifier's
    /// [leeway](crate::VerifierBuilder::leeway), is not later. That includes those of a new login within the leeway
    /// (30 seconds by default) after that time.
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
        // `iat` and the leeway are compared in whole seconds, which revokes tokens that are up to two seconds younger.
        const ROUNDING: Duration = Duration::from_secs(2);
        let kept = match self {
            Self::Subject { issued_up_to, .. } => remembered_for
                .saturating_add(ROUNDING)
                .saturating_add(issued_up_to.duration_since(now).unwrap_or_default()),
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
    /// No verifier asks this store.
    #[error("no verifier asks this store; give a clone of it to `.revocations(..)`")]
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
        let (day, minute, second) = (Duration::from_hours(25), Duration::from_mins(1), Duration::from_secs(1));
        let token = |expires_at| Revocation::Token { issuer: String::new(), token_id: String::new(), expires_at };
        for (revocation, kept) in [
            (Revocation::session("", ""), day),
            (Revocation::subject("", "", now), day + second * 2),
            (Revocation::subject("", "", UNIX_EPOCH), day + second * 2),
            (Revocation::subject("", "", now + day), day * 2 + second * 2),
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

    #[test]
    fn the_leeway_is_subtracted_from_iat_in_whole_seconds() {
        let at = |seconds: u64, millis: u64| UNIX_EPOCH + Duration::from_millis(seconds * 1000 + millis);
        let issued = |issued_at, leeway| TokenIdentity {
            issuer: "",
            subject: "",
            token_id: None,
            session_id: None,
            issued_at,
            expires_at: at(2000, 0),
            leeway: Duration::from_millis(leeway),
        };
        for (issued_at, leeway, revoked_up_to, revoked) in [
            (Some(at(1000, 0)), 0, at(1000, 0), true),
            (Some(at(1001, 0)), 0, at(1000, 0), false),
            (Some(at(1030, 0)), 30_000, at(1000, 0), true),
            (Some(at(1031, 0)), 30_000, at(1000, 0), false),
            // Redis keeps whole seconds: a fraction of the time or of the leeway makes no difference.
            (Some(at(1002, 0)), 1500, at(1000, 0), true),
            (Some(at(1002, 0)), 1500, at(1000, 900), true),
            (Some(at(1003, 0)), 1500, at(1000, 900), false),
            (Some(at(10, 0)), 30_000, UNIX_EPOCH, true),
            (None, 0, UNIX_EPOCH, true),
        ] {
            let outcome = issued(issued_at, leeway).check_issued_after(revoked_up_to);
            assert_eq!(outcome.is_err(), revoked, "{issued_at:?} {leeway} {revoked_up_to:?}");
        }
    }
}
