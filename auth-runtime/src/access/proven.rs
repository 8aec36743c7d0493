//! Hands a proof to a service that reads only the extensions of its requests: [`Proven`].

use crate::opt_out::OptOut;
use crate::permission::Permission;
use crate::proof::{Authenticated, Public, Visitor};
use axum::response::{IntoResponse, Response};
use http::{Extensions, Request, StatusCode};
use std::any::{Any, type_name};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tower_service::Service;

/// Takes the proof of a request from its extensions, once.
///
/// A service that is made before its requests (a gRPC server, an MCP server, a GraphQL schema)
/// cannot receive the proof as a parameter. [`carry`](Self::carry) puts the proof into the
/// extensions of the request, and the code of the service takes it there with [`of`](Self::of).
///
/// ```
/// use auth_runtime::services::{NotProven, Proven};
/// use auth_runtime::{AuthRouter, Authenticated, Claims, Vault, Verifier, scope};
/// use axum::extract::Request;
///
/// scope!(ReportsRead = "reports:read");
///
/// struct Pool;
///
/// async fn report(vault: Vault<Pool, Claims>, request: Request) -> Result<String, NotProven> {
///     let auth: Authenticated<Claims, ReportsRead> = Proven::of(request.extensions())?;
///     let _pool: &Pool = vault.open(&auth);
///     Ok(format!("the report of {}", auth.sub))
/// }
///
/// fn app(verifier: Verifier<Claims>) -> AuthRouter {
///     let vault = Vault::new(Pool);
///     let reports = axum::routing::any(move |request| report(vault.clone(), request));
///     AuthRouter::new()
///         .authenticated_service("/reports", move |auth: Authenticated<Claims, ReportsRead>| {
///             Proven::carry(auth, reports.clone())
///         })
///         .with_state(verifier)
/// }
/// # fn main() {}
/// ```
///
/// The proof cannot be copied, so the second call of `of` for a request fails, also with clones of
/// the extensions. The gate removes the proof of an outer router before it decides.
// P2: no value of it exists. The proof is moved in and out, and never cloned.
#[derive(Debug)]
pub enum Proven {}

impl Proven {
    /// Takes the proof of this request, once.
    ///
    /// It is an `Authenticated<C, P>`, a `Public<R>` or a `Visitor<C, R>`, as the router requires.
    ///
    /// # Errors
    ///
    /// [`NotProven`], if the gate put no proof of this type there, or the proof was taken already.
    /// It is a mistake of the service and not of the caller, so it makes no event.
    pub fn of<Q: CarriedProof>(extensions: &Extensions) -> Result<Q, NotProven> {
        let slot = extensions.get::<ProofSlot>().ok_or(NotProven::NoProof)?;
        // A panic cannot leave the slot half changed.
        let mut held = slot.0.lock().unwrap_or_else(PoisonError::into_inner);
        match held.take().ok_or(NotProven::ProofTaken)?.downcast::<Q>() {
            Ok(proof) => Ok(*proof),
            Err(other) => {
                *held = Some(other);
                Err(NotProven::OtherProof { asked: type_name::<Q>() })
            }
        }
    }

    /// Makes a service that puts the proof into the extensions of its next request.
    ///
    /// Pass the result to [`AuthRouter::authenticated_service`](crate::AuthRouter).
    pub fn carry<Q: CarriedProof, T>(proof: Q, service: T) -> WithProof<T> {
        WithProof { service, slot: Some(ProofSlot(Arc::new(Mutex::new(Some(Box::new(proof)))))) }
    }

    /// Removes the proof that an outer router put there.
    // P2: a service behind this gate must not take the proof of another decision.
    pub(crate) fn remove(extensions: &mut Extensions) {
        extensions.remove::<ProofSlot>();
    }
}

/// The proof of one request, until the service takes it.
// P2: private, so no layer can insert one. Clones of the extensions share it.
#[derive(Clone)]
struct ProofSlot(Arc<Mutex<Option<Box<dyn Any + Send>>>>);

/// Calls a service with a proof in the extensions of the request: see [`Proven::carry`].
///
/// [`Proven`] has an example with a service that it wraps.
#[must_use = "a service does nothing unless it is called"]
pub struct WithProof<T> {
    service: T,
    /// `None` after the first request.
    slot: Option<ProofSlot>,
}

impl<B, T: Service<Request<B>>> Service<Request<B>> for WithProof<T> {
    type Response = T::Response;
    type Error = T::Error;
    type Future = T::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), T::Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> T::Future {
        Proven::remove(request.extensions_mut());
        if let Some(slot) = self.slot.take() {
            request.extensions_mut().insert(slot);
        }
        self.service.call(request)
    }
}

impl<T> fmt::Debug for WithProof<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WithProof").finish_non_exhaustive()
    }
}

/// Explains why a request has no proof for its service.
///
/// ```
/// use auth_runtime::services::{NotProven, Proven};
/// use auth_runtime::{Authenticated, Claims};
/// use axum::http::Extensions;
///
/// fn caller(extensions: &Extensions) -> Result<String, NotProven> {
///     let auth: Authenticated<Claims> = Proven::of(extensions)?;
///     Ok(auth.sub.clone())
/// }
///
/// assert!(caller(&Extensions::new()).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotProven {
    /// The gate put no proof into this request.
    #[error(
        "request has no proof in its extensions: the service is not behind a gate that carries one: mount it with \
         `authenticated_service` and `Proven::carry`, or with `grpc`"
    )]
    NoProof,
    /// The proof of this request was taken before.
    #[error("proof of this request was taken before: a proof cannot be copied: pass `&proof` on")]
    ProofTaken,
    /// The gate put a proof of another type into this request.
    #[error("request has a proof of another type: `{asked}` was asked for: name the type that the router requires")]
    OtherProof {
        /// The type that was asked for.
        asked: &'static str,
    },
}

/// 500, because the service is mounted wrongly. The client does not learn how.
// P6, P8
impl IntoResponse for NotProven {
    fn into_response(self) -> Response {
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

mod carried {
    /// A decision of the gate that a service takes from the extensions.
    // P2: public in a private module, so no other crate can implement it.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` is not a decision of the gate",
        label = "the gate puts no such value into a request",
        note = "ask for `Authenticated<C, P>`, `Public<R>` or `Visitor<C, R>`, as the router requires it"
    )]
    pub trait CarriedProof: Send + 'static {
        /// Whether it declares a rule, which the gate checks behind handlers only.
        const DECLARES: bool = false;
    }
}
pub(super) use carried::CarriedProof;

/// Reports a type that a gRPC method cannot decide with, where `grpc_methods!` names it.
///
/// # Panics
///
/// While it compiles, when the proof declares a rule.
#[cfg(feature = "grpc")]
pub const fn is_a_decision<Q: CarriedProof>() {
    assert!(
        !Q::DECLARES,
        "gRPC method cannot declare a rule: require its permission here, and ask the rule in the method"
    );
}

// The note names them.
#[diagnostic::do_not_recommend]
impl<C: Send + Sync + 'static, P: Permission<C> + 'static> CarriedProof for Authenticated<C, P> {
    const DECLARES: bool = P::DECLARES;
}
#[diagnostic::do_not_recommend]
impl<R: OptOut> CarriedProof for Public<R> {}
#[diagnostic::do_not_recommend]
impl<C: Send + Sync + 'static, R: OptOut> CarriedProof for Visitor<C, R> {}

/// A gRPC client gets `INTERNAL`, without a message.
#[cfg(feature = "grpc")]
impl From<NotProven> for tonic::Status {
    fn from(_: NotProven) -> Self {
        Self::internal("")
    }
}
