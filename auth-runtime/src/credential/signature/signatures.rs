//! Verifies the signed requests of one sender: [`Signatures`].

use super::keys::MacKey;
use super::reload::Watched;
use super::replay::ReplayStore;
use super::scheme::Scheme;
use super::template::Piece;
use super::{Sender, SignaturesBuilder};
use crate::base::{Erased, Invariant, format_duration};
use crate::credential::token::keys::VerifyingKey;
use crate::rejection::{ClientView, IssuerNames};
use auth_events::Events;
use auth_events::internal::{Meters, Report};
use axum::extract::FromRef;
use http::HeaderName;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Verifies the signed requests of one sender.
///
/// A router's state holds one for each sender, and provides it with axum's `FromRef`.
///
/// ```
/// use auth_runtime::signatures::{Scheme, Signatures, SigningSecret};
/// use auth_runtime::{ConfigError, Events, signature};
///
/// signature!(pub GitHub = Scheme::github());
///
/// fn github() -> Result<Signatures<GitHub>, ConfigError> {
///     Signatures::builder()
///         .secret(SigningSecret::from_env("GITHUB_SECRET")?)
///         .events(Events::stderr())
///         .build()
/// }
/// # fn main() {}
/// ```
///
/// The secret and the events are required. Without one of them the code does not compile:
///
/// ```compile_fail
/// # use auth_runtime::signatures::{Scheme, Signatures};
/// # use auth_runtime::{ConfigError, Events, signature};
/// # signature!(pub GitHub = Scheme::github());
/// fn github() -> Result<Signatures<GitHub>, ConfigError> {
///     Signatures::builder().events(Events::stderr()).build()
/// }
/// # fn main() {}
/// ```
///
/// Cheap to clone; clones share the secrets, the replay store and the events.
pub struct Signatures<S> {
    pub(super) shared: Erased<SharedSignatures>,
    /// P2: invariant, as a proof is.
    pub(super) sender: Invariant<S>,
}

pub(super) struct SharedSignatures {
    pub(super) sender: &'static str,
    pub(super) scheme: Scheme,
    pub(super) pieces: Vec<Piece>,
    pub(super) header: HeaderName,
    pub(super) timestamp_header: Option<HeaderName>,
    pub(super) id_header: Option<HeaderName>,
    pub(super) keys: Arc<[MacKey]>,
    pub(super) public_keys: Vec<VerifyingKey>,
    pub(super) replays: Arc<dyn ReplayStore>,
    /// How long a handled delivery is kept, where the sender may repeat it.
    pub(super) keep_deliveries_for: Duration,
    pub(super) max_body: usize,
    pub(super) body_time_limit: Duration,
    pub(super) clock: Box<dyn Fn() -> SystemTime + Send + Sync>,
    pub(super) names: Arc<IssuerNames>,
    pub(super) client: ClientView,
    pub(super) meters: Meters,
    pub(super) events: Events,
    pub(super) _watched: Option<Watched>,
}

impl<S: Sender> Signatures<S> {
    /// Creates a builder. `secret` and `events` are required.
    pub fn builder() -> SignaturesBuilder<S> {
        SignaturesBuilder::new()
    }
}

/// What the gate needs beside the checks.
impl<S> Signatures<S> {
    /// Returns the sender in place of an issuer, for events.
    pub(crate) fn names(&self) -> Arc<IssuerNames> {
        Arc::clone(&self.shared.names)
    }

    pub(crate) fn events(&self) -> &Events {
        &self.shared.events
    }

    pub(crate) fn meters(&self) -> &Meters {
        &self.shared.meters
    }

    /// Returns what clients see of a rejection: a challenge without a bearer token.
    pub(crate) fn client_view(&self) -> ClientView {
        self.shared.client.clone()
    }

    /// Returns the header of the signature.
    pub(crate) fn header(&self) -> &HeaderName {
        &self.shared.header
    }

    /// Returns the longest body, in bytes.
    pub(crate) fn max_body(&self) -> usize {
        self.shared.max_body
    }

    /// Returns how long the whole body may take.
    pub(crate) fn body_time_limit(&self) -> Duration {
        self.shared.body_time_limit
    }

    pub(crate) fn now(&self) -> SystemTime {
        (self.shared.clock)()
    }

    /// Describes the settings, for the posture.
    pub(crate) fn described(&self) -> String {
        let SharedSignatures { keys, public_keys, replays, keep_deliveries_for, max_body, .. } = &*self.shared;
        let keys = format!("secrets: {}, public keys: {}", keys.len(), public_keys.len());
        let limit = format_duration(self.body_time_limit());
        let kept = format_duration(*keep_deliveries_for);
        format!(
            "{keys}\nbody up to {max_body} bytes within {limit}\nreplays in {}, handled deliveries for {kept}\nrejections are {}",
            replays.name(),
            self.events().destination()
        )
    }
}

/// Provides the signatures of a state in an [`Arc`].
///
/// The crate of `App` cannot implement `FromRef` for `Arc<App>`.
impl<S, T> FromRef<Arc<T>> for Signatures<S>
where
    Self: FromRef<T>,
{
    fn from_ref(state: &Arc<T>) -> Self {
        Self::from_ref(&**state)
    }
}

impl<S> Clone for Signatures<S> {
    fn clone(&self) -> Self {
        Self { shared: self.shared.clone(), sender: PhantomData }
    }
}

/// Without the secrets.
impl<S> fmt::Debug for Signatures<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signatures")
            .field("sender", &self.shared.sender)
            .field("scheme", &self.shared.scheme)
            .finish_non_exhaustive()
    }
}
