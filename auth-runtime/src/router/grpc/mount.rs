//! Adds the routes of a gRPC service to a router: [`GrpcMount`].

use super::method::GuardedMethod;
use super::methods::GrpcServer;
use crate::access::{EndsWithProof, ProofEnd, Proven, WithProof};
use crate::router::gate::{Proof, Untouched};
use crate::router::method_routes::{described, not_allowed};
use crate::router::{AuthRouter, RoutePosture};
use std::any::type_name;
use std::fmt;
use std::panic::Location;

/// Adds the methods of a gRPC service to a router, each with its decision.
///
/// [`grpc_methods!`](crate::grpc_methods) calls it, and has an example.
#[must_use]
pub struct GrpcMount<S, T> {
    router: AuthRouter<S>,
    service: T,
    location: &'static Location<'static>,
}

/// A decision of a gRPC method.
// P2: `Proof` is sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a decision about a gRPC method on this router",
    label = "unauthenticated callers would reach the method",
    note = "write `Authenticated<C, P>`, `Public<R>` or `Visitor<C, R>`; the state of the router needs its verifier"
)]
// Not a supertrait: rustc would report a bound without `S` at the macro, and not at the type.
pub trait MethodProof<S>: Proof<S, Body = Untouched> + Send + 'static {
    /// Returns when it ends; `None` without a caller.
    fn end(&self) -> Option<ProofEnd>;

    /// As `Proven::carry`.
    fn carried_by<T>(self, service: T) -> WithProof<T>;
}

impl<Q: Proof<S, Body = Untouched> + EndsWithProof, S> MethodProof<S> for Q {
    fn end(&self) -> Option<ProofEnd> {
        EndsWithProof::end(self)
    }

    fn carried_by<T>(self, service: T) -> WithProof<T> {
        Proven::carry(self, service)
    }
}

impl<S, T> GrpcMount<S, T>
where
    S: Clone + Send + Sync + 'static,
    T: GrpcServer,
{
    pub(super) fn new(router: AuthRouter<S>, service: T, location: &'static Location<'static>) -> Self {
        Self { router, service, location }
    }

    /// Adds a method behind the decision `Q`.
    ///
    /// # Panics
    ///
    /// If the router already has the method.
    pub fn method<Q: MethodProof<S>>(mut self, name: &str) -> Self {
        let path = format!("/{}/{name}", T::NAME);
        let at = |row: RoutePosture| RoutePosture { location: self.location, ..row }.at(&path);
        let row = RoutePosture { asked: Q::asked(), grpc: true, ..described("POST", Q::policy(), type_name::<T>()) };
        let row = at(row);
        let others = at(not_allowed());
        let method = GuardedMethod::<T, Q>::new(self.service.clone());
        self.router = self.router.with_route(&path, axum::routing::post(method), row, others);
        self
    }

    pub(super) fn into_router(self) -> AuthRouter<S> {
        self.router
    }
}

impl<S, T> fmt::Debug for GrpcMount<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GrpcMount").field("router", &self.router).finish_non_exhaustive()
    }
}
