//! Tokens taken back before their time.

use super::Registered;
use crate::rejection::{Reason, Refusal, Rejection};
use serde_json::Value;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Knows which tokens were taken back. It is asked for each token, after everything else about it was found good.
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
    /// `iat`.
    pub issued_at: Option<SystemTime>,
    /// `exp`.
    pub expires_at: SystemTime,
}

impl<'a> TokenIdentity<'a> {
    pub(super) fn of(registered: &'a Registered) -> Self {
        let text = |name| registered.claims.get(name).and_then(Value::as_str);
        // Whole seconds, rounded down: to a revocation "since" it is rather too old than too young.
        let issued_at = registered.claims.get("iat").and_then(|iat| {
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
}

pub(super) async fn check(revocations: &dyn Revocations, registered: &Registered) -> Result<(), Refusal> {
    match revocations.check(&TokenIdentity::of(registered)).await {
        Ok(()) => Ok(()),
        Err(RevocationError::Revoked) => Err(Rejection::InvalidToken(Reason::Revoked).into()),
        // P6: what can't be known is no.
        Err(RevocationError::Unavailable(why)) => {
            Err(Refusal { detail: Some(why.into()), ..Rejection::Unavailable(Reason::VerifierUnavailable).into() })
        }
    }
}
