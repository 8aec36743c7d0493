//! The verifier, and what other layers may read from it.

use super::accepted::Accepted;
use super::cache::TokenCache;
use super::condition::Condition;
use super::source::Source;
use crate::base::{Erased, Invariant};
use crate::credential::token::{ClaimsPolicy, jws};
use crate::rejection::{ClientView, IssuerNames};
use crate::revocation::RevocationChecker;
use auth_events::Events;
use auth_events::internal::Meters;
use axum::extract::FromRef;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Verifies credentials and turns them into proofs. `C` is the type of the claims.
///
/// [`builder`](Self::builder) accepts access tokens (JWTs), and more kinds with
/// [`also_accept`](crate::credentials::VerifierBuilder::also_accept).
/// [`accepting`](Self::accepting) starts with another kind and accepts no JWT.
///
/// A router's state holds one verifier for each claims type, and provides it with axum's `FromRef`.
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
/// All four are required. Without one of them the code does not compile:
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
/// Cheap to clone; clones share the cache, the keys and the events.
pub struct Verifier<C> {
    pub(super) shared: Erased<Shared<C>>,
}

pub(super) struct Shared<C> {
    pub(super) accepted: Accepted,
    pub(super) client: ClientView,
    pub(super) policy: ClaimsPolicy,
    /// Only those of verified tokens.
    pub(super) known_headers: jws::KnownHeaders,
    pub(super) max_token_bytes: usize,
    pub(super) time_limit: Duration,
    pub(super) clock: Box<dyn Fn() -> SystemTime + Send + Sync>,
    pub(super) revocations: Option<RevocationChecker>,
    pub(super) recheck_every: Duration,
    pub(super) events: Events,
    pub(super) meters: Meters,
    pub(super) source: Source<C>,
    /// What every proof requires, unless its route waives it.
    pub(super) conditions: Vec<Condition<C>>,
    /// How long a loaded principal is used again. Zero: it is loaded on every request.
    pub(super) principals_for: Duration,
    /// `None`: every token is verified on every request.
    pub(super) cache: Option<TokenCache<C>>,
    /// P2: invariant, as a proof is.
    pub(super) invariant: Invariant<C>,
}

impl<C> Verifier<C> {
    /// Returns the names of all trusted issuers and audiences, for events.
    pub(crate) fn trusted(&self) -> Arc<IssuerNames> {
        Arc::clone(&self.shared.accepted.names)
    }

    /// Whether both are the same verifier. A clone is the same verifier.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.shared.ptr_eq(&other.shared)
    }

    pub(crate) fn events(&self) -> &Events {
        &self.shared.events
    }

    pub(crate) fn meters(&self) -> &Meters {
        &self.shared.meters
    }

    /// Returns what the clients of this verifier see of it.
    pub(crate) fn client_view(&self) -> ClientView {
        self.shared.client.clone()
    }

    #[cfg(feature = "metrics")]
    /// Registers this verifier's metrics again, each with the value zero.
    ///
    /// For a recorder that was installed after the verifier was built. Existing counts do not
    /// change.
    pub fn register_metrics(&self) {
        self.meters().register();
    }

    pub(crate) fn time_limit(&self) -> Duration {
        self.shared.time_limit
    }

    pub(crate) fn leeway(&self) -> Duration {
        self.shared.policy.leeway
    }
}

/// Provides the verifier of a state in an [`Arc`].
///
/// The crate of `App` cannot implement `FromRef` for `Arc<App>`.
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
        Self { shared: self.shared.clone() }
    }
}

impl<C> fmt::Debug for Verifier<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("accepted", &self.shared.accepted)
            .field("claims", &self.shared.policy)
            .finish_non_exhaustive()
    }
}
