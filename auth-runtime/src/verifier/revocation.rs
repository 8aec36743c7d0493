//! Tokens taken back before their time. The trait is the seam; stores come with it later.

use super::Registered;
use crate::rejection::{Reason, Refusal, Rejection};
use serde_json::Value;
use std::future::Future;
use std::pin::Pin;

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
        issuer: &'a str,
        subject: &'a str,
        token_id: Option<&'a str>,
    ) -> Pin<Box<dyn Future<Output = Result<(), RevocationError>> + Send + 'a>>;
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
    let token_id = registered.claims.get("jti").and_then(Value::as_str);
    match revocations.check(&registered.issuer, &registered.subject, token_id).await {
        Ok(()) => Ok(()),
        Err(RevocationError::Revoked) => Err(Rejection::InvalidToken(Reason::Revoked).into()),
        // P6: what can't be known is no.
        Err(RevocationError::Unavailable(why)) => {
            Err(Refusal { detail: Some(why.into()), ..Rejection::Unavailable(Reason::VerifierUnavailable).into() })
        }
    }
}
