//! The mark of a public handler: [`Public`].

use crate::base::Invariant;
use crate::opt_out::OpensNothing;
use axum::extract::FromRequestParts;
use http::request::Parts;
use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;

/// The mark of a handler that anybody may call. `R` names the reason, which the posture shows.
///
/// It is put in by [`#[public]`](crate::public), and opens nothing.
pub struct Public<R> {
    reason: Invariant<R>,
}

impl<R> Public<R> {
    pub(crate) fn opted_out() -> Self {
        Self { reason: PhantomData }
    }
}

/// An ordinary extractor too, so that a `#[public]` handler fits a plain `axum::Router` on its way to an
/// [`AuthRouter`](crate::AuthRouter).
///
/// P2: only where `R` opens nothing. A capability is made by the gate alone, for the first parameter, which the posture lists.
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
