//! The verifier: its parts, and what other layers may ask of them.

use super::cache::TokenCache;
use crate::base::Invariant;
use crate::credential::token::json::Document;
use crate::credential::token::{ClaimsPolicy, Issuers};
use crate::rejection::IssuerNames;
use crate::revocation::RevocationChecker;
use auth_events::Events;
use auth_events::internal::Meters;
use axum::extract::FromRef;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Verifies access tokens and makes proofs of them. `C` is the type of the claims.
///
/// A router's state holds one for each claims type, and hands it out as axum's states do, with `FromRef`.
///
/// ```
/// use auth_runtime::{Claims, ConfigError, Events, Verifier, VerifyingKey};
///
/// fn verifier(pem: &[u8]) -> Result<Verifier<Claims>, ConfigError> {
///     Verifier::builder()
///         .issuer("https://id.example.com/")
///         .audience("orders")
///         .keys(VerifyingKey::ed25519_pem(pem)?)
///         .events(Events::stderr())
///         .build()
/// }
/// ```
///
/// Without any one of these four it does not build:
///
/// ```compile_fail
/// # use auth_runtime::{Claims, ConfigError, Events, Verifier, VerifyingKey};
/// fn verifier(pem: &[u8]) -> Result<Verifier<Claims>, ConfigError> {
///     Verifier::builder()
///         .issuer("https://id.example.com/")
///         .keys(VerifyingKey::ed25519_pem(pem)?)
///         .events(Events::stderr())
///         .build()
/// }
/// ```
///
/// Cheap to clone; clones share everything.
pub struct Verifier<C> {
    pub(super) shared: Arc<Shared<C>>,
}

/// How the claims become the service's own type. Settled where the verifier is built, so that a type which can't be
/// read is refused there, once.
pub(super) type Decode<C> = fn(&Document) -> serde_json::Result<C>;

pub(super) struct Shared<C> {
    pub(super) issuers: Issuers,
    pub(super) claims: ClaimsPolicy,
    pub(super) max_token_bytes: usize,
    pub(super) time_limit: Duration,
    pub(super) clock: Box<dyn Fn() -> SystemTime + Send + Sync>,
    pub(super) revocations: Option<RevocationChecker>,
    pub(super) recheck_every: Duration,
    pub(super) events: Events,
    pub(super) meters: Meters,
    pub(super) decode: Decode<C>,
    /// `None` where every token is verified anew.
    pub(super) remembered: Option<TokenCache<C>>,
    /// P2: as a proof is.
    pub(super) invariant: Invariant<C>,
}

impl<C> Verifier<C> {
    /// Whose tokens it takes, as the events say it.
    pub(crate) fn trusted(&self) -> Arc<IssuerNames> {
        Arc::clone(&self.shared.issuers.names)
    }

    /// Whether these are the same verifier. Clones are.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    pub(crate) fn events(&self) -> &Events {
        &self.shared.events
    }

    pub(crate) fn meters(&self) -> &Meters {
        &self.shared.meters
    }

    #[cfg(feature = "metrics")]
    /// Puts this verifier's metrics there with zero, once more: for a recorder that was installed after it was built. What
    /// has been counted meanwhile stays as it is.
    pub fn register_metrics(&self) {
        self.meters().register();
    }

    pub(crate) fn time_limit(&self) -> Duration {
        self.shared.time_limit
    }

    pub(crate) fn leeway(&self) -> Duration {
        self.shared.claims.leeway
    }
}

/// A state in an [`Arc`] has the verifier that the state itself has: `FromRef` can't be implemented for `Arc<App>`
/// where `App` is defined.
impl<C, T> FromRef<Arc<T>> for Verifier<C>
where
    Self: FromRef<T>,
{
    fn from_ref(state: &Arc<T>) -> Self {
        Self::from_ref(&**state)
    }
}

impl<C> Clone for Verifier<C> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<C> fmt::Debug for Verifier<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("issuers", &self.shared.issuers)
            .field("claims", &self.shared.claims)
            .finish_non_exhaustive()
    }
}
