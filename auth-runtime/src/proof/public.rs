//! Marks a public handler: [`Public`].

use crate::base::Invariant;
use crate::opt_out::OpensNothing;
use axum::extract::FromRequestParts;
use http::request::Parts;
use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;

/// Marks a handler that unauthenticated callers may call.
///
/// `R` is the reason, which the posture shows. [`#[public]`](crate::public) inserts this parameter.
/// It opens no vault unless `R` is a [`capability!`](crate::capability).
///
/// ```
/// use auth_runtime::opt_out::NoReason;
/// use auth_runtime::{AuthRouter, Public, routing::get};
///
/// let version = get(|_: Public<NoReason>| async { "1.2" });
/// let app: AuthRouter = AuthRouter::new().route("/version", version);
/// assert!(app.posture().to_string().contains("PUBLIC"));
/// ```
pub struct Public<R> {
    reason: Invariant<R>,
}

impl<R> Public<R> {
    pub(crate) fn opted_out() -> Self {
        Self { reason: PhantomData }
    }
}

/// Also an extractor, so that a `#[public]` handler works on a plain `axum::Router` during a
/// migration to [`AuthRouter`](crate::AuthRouter).
///
/// P2: only where `R` opens nothing. Only the gate makes a capability, for the first parameter,
/// because the posture lists it.
impl<R: OpensNothing, S: Sync> FromRequestParts<S> for Public<R> {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::opted_out())
    }
}

impl<R> fmt::Debug for Public<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Public")
    }
}
