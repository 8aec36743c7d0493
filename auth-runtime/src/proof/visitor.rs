//! Recognises the callers of a public handler: [`Visitor`].

use super::{Authenticated, Rejected};
use crate::base::Invariant;
use crate::opt_out::{NoReason, Nothing, OptOut};
use crate::rejection::Rejection;
use crate::verifier::Verifier;
use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;
use std::fmt;
use std::marker::PhantomData;

/// Is a guest, or an authenticated caller, of a public handler.
///
/// A handler on an [`AuthRouter`](crate::AuthRouter) takes it as its first parameter, through
/// `#[public(reason = "..", optional = C)]`, which writes the reason into `R`.
///
/// | the request has | outcome |
/// |---|---|
/// | no credential | a guest: [`caller`](Self::caller) is `None`, and no event is emitted |
/// | a good token | [`caller`](Self::caller) is the proof |
/// | any other credential, or a token in the query | 400 or 401, and an event |
/// | a token that cannot be verified now | 503, and an event |
///
/// ```
/// use auth_runtime::{AuthRouter, Claims, Verifier, Visitor, public, routing::get};
///
/// #[public(reason = "the catalogue is for everyone", optional = Claims)]
/// async fn catalogue(visitor: Visitor<Claims>) -> String {
///     match visitor.caller() {
///         Some(caller) => format!("prices for {}", caller.sub),
///         None => "list prices".to_owned(),
///     }
/// }
///
/// fn app(verifier: Verifier<Claims>) -> AuthRouter {
///     AuthRouter::new().route("/catalogue", get(catalogue)).with_state(verifier)
/// }
/// ```
///
/// It opens no vault by itself, because its caller may be a guest:
///
/// ```compile_fail
/// # use auth_runtime::{Claims, Vault, Visitor, public};
/// # use axum::extract::State;
/// # struct Pool;
/// #[public(reason = "the catalogue is for everyone", optional = Claims)]
/// async fn catalogue(visitor: Visitor<Claims>, State(pool): State<Vault<Pool, Claims>>) {
///     pool.open(&visitor);
/// }
/// ```
// P3: not an optional proof. The route is public and the posture says so, and a bad credential is
// rejected. P2: private fields, and only the pipeline makes one.
pub struct Visitor<C, R = NoReason> {
    caller: Option<Authenticated<C>>,
    reason: Invariant<R>,
}

impl<C, R> Visitor<C, R> {
    /// Returns the proof of the caller, or `None` for a guest.
    #[must_use]
    pub fn caller(&self) -> Option<&Authenticated<C>> {
        self.caller.as_ref()
    }
}

impl<C: Send + Sync + 'static, R> Visitor<C, R> {
    /// Runs the pipeline, unless the request has no credential.
    pub(crate) async fn recognise(verifier: Verifier<C>, parts: &Parts) -> Result<Self, Rejected> {
        Ok(Self { caller: verifier.recognise(parts).await?, reason: PhantomData })
    }
}

/// Also an extractor, so that a handler with `optional` works on a plain `axum::Router` during a
/// migration to [`AuthRouter`](crate::AuthRouter).
impl<C, R, S> FromRequestParts<S> for Visitor<C, R>
where
    C: Send + Sync + 'static,
    R: OptOut<Opens: Nothing>,
    S: Send + Sync,
    Verifier<C>: FromRef<S>,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        Ok(Self::recognise(Verifier::from_ref(state), parts).await?)
    }
}

/// Omits the claims, as [`Authenticated`] does.
impl<C, R> fmt::Debug for Visitor<C, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visitor").field("is_guest", &self.caller.is_none()).finish_non_exhaustive()
    }
}
