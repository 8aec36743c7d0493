//! A token that was issued, and why one was not.

use auth_events::Reason;
use std::fmt;
use std::time::{Duration, SystemTime};

/// Holds an issued token.
///
/// ```
/// use auth_runtime::TokenIssuer;
/// use auth_runtime::credentials::IssueError;
/// use serde_json::{Value, json};
///
/// /// The response of a token endpoint (RFC 6749 section 5.1).
/// fn response(issuer: &TokenIssuer, subject: &str) -> Result<Value, IssueError> {
///     let issued = issuer.issue(subject, &json!({ "scope": "orders:read" }))?;
///     Ok(json!({
///         "access_token": issued.token,
///         "token_type": "Bearer",
///         "expires_in": issued.lifetime.as_secs(),
///     }))
/// }
/// # let _ = response;
/// ```
#[non_exhaustive]
#[must_use = "the client does not have the token yet: send it"]
pub struct IssuedToken {
    /// The token in compact form, for the `Authorization` header.
    pub token: String,
    /// Its `jti`, to revoke it.
    pub id: String,
    /// Its `exp`.
    pub expires_at: SystemTime,
    /// Its lifetime, for `expires_in` (RFC 6749 section 5.1).
    pub lifetime: Duration,
}

/// Without the token, because a token must not be logged.
impl fmt::Debug for IssuedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedToken").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// Why a token was not issued.
///
/// ```
/// # use auth_runtime::TokenIssuer;
/// # use auth_runtime::credentials::SigningKey;
/// use auth_runtime::credentials::IssueError;
///
/// # fn main() -> Result<(), auth_runtime::ConfigError> {
/// # let issuer = TokenIssuer::builder()
/// #     .issuer("https://shop.example.com/")
/// #     .audience("shop")
/// #     .key(SigningKey::hs256("2026-11", b"a secret of at least thirty-two bytes!")?)
/// #     .build()?;
/// let error = issuer.issue("alice", &serde_json::json!({ "sub": "admin" })).unwrap_err();
/// assert_eq!(error, IssueError::Registered("sub"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// The custom claims are not a JSON object, or cannot be serialized.
    #[error("the claims cannot be written: not a JSON object: serialize a struct or a map")]
    InvalidClaims,
    /// A custom claim has the name of one that the issuer writes.
    #[error("the claim `{0}` is written by the issuer: remove it from the custom claims")]
    Registered(&'static str),
    /// The verifier of the same configuration would reject the token.
    #[error("the token would be rejected: {reason}: {detail}")]
    Rejected {
        /// The reason.
        reason: Reason,
        /// What is wrong.
        detail: String,
    },
    /// The system has no random numbers, or the key cannot sign.
    #[error("the token cannot be signed")]
    Signature,
}
