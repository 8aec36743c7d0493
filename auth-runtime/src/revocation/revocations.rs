//! The trait of revocation stores.

use super::{RevocationError, TokenIdentity};
use crate::base::ConfigError;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// Decides which tokens are revoked.
///
/// [`RevocationList`](super::RevocationList) is a store in the memory of one instance,
/// `RedisRevocations` (feature `redis`) is one for many instances, and a service may implement its
/// own.
///
/// The verifier checks each token after all its other checks, and again while a stream is
/// [guarded](crate::Authenticated::guard).
///
/// ```
/// use auth_runtime::revocation::{RevocationError, Revocations, TokenIdentity};
/// use std::pin::Pin;
///
/// # struct Database;
/// # impl Database {
/// #     async fn is_disabled(&self, _: &str) -> std::io::Result<bool> { Ok(false) }
/// # }
/// /// The accounts of the service, whose tokens end when they are disabled.
/// struct Accounts(Database);
///
/// type Answer<'a> = Pin<Box<dyn Future<Output = Result<(), RevocationError>> + Send + 'a>>;
///
/// impl Revocations for Accounts {
///     fn check<'a>(&'a self, token: &'a TokenIdentity<'a>) -> Answer<'a> {
///         Box::pin(async move {
///             match self.0.is_disabled(token.subject).await {
///                 Ok(false) => Ok(()),
///                 Ok(true) => Err(RevocationError::Revoked),
///                 Err(error) => Err(RevocationError::Unavailable(error.to_string())),
///             }
///         })
///     }
/// }
/// ```
pub trait Revocations: Send + Sync + 'static {
    /// Checks that a token is not revoked.
    ///
    /// # Errors
    ///
    /// [`RevocationError`], when the token is revoked, or when the store cannot decide. Both reject
    /// the request, as does an answer that takes longer than the verifier's time limit.
    fn check<'a>(
        &'a self,
        token: &'a TokenIdentity<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<(), RevocationError>> + Send + 'a>>;

    /// How long a revocation is kept at least, for stores that remove old ones.
    ///
    /// It must be at least `max_lifetime` plus twice the `leeway` of the verifier, or building the
    /// verifier fails. `None`: revocations are never removed.
    fn retention(&self) -> Option<Duration> {
        None
    }

    /// Keeps the revocations of this issuer for as long as the store exists.
    ///
    /// Called when a verifier is built that accepts API keys, sessions or an own kind. Their
    /// records have no longest lifetime, and some are renewed, so a revocation that is removed
    /// would make its credential valid again. A store that wraps another one forwards the call.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], which building the verifier returns. By default, if the store has a
    /// [`retention`](Self::retention).
    fn keep_forever(&self, issuer: &str) -> Result<(), ConfigError> {
        match self.retention() {
            None => Ok(()),
            // P6, P9: otherwise a revoked key would be accepted again after the retention.
            Some(_) => Err(ConfigError::Revocations {
                store: self.name(),
                why: format!(
                    "it removes revocations, but records of {issuer} have no longest lifetime: \
                     implement `Revocations::keep_forever` for it"
                ),
            }),
        }
    }

    /// Called when a verifier that checks this store is built.
    ///
    /// A store that wraps another one forwards the call.
    fn attach_verifier(&self) {}

    /// The name of the store in the posture and in events.
    fn name(&self) -> String {
        "a store of the service's own".to_owned()
    }
}
