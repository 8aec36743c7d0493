//! Which routers `merge` and `nest` take.

use super::AuthRouter;

/// A router whose handlers all have a decision.
// P5: only `AuthRouter`. A trait instead of the type itself, because rustc then says what to do
// with a plain router. Public in a private module, so no other crate can implement it.
#[diagnostic::on_unimplemented(
    message = "the handlers of `{Self}` have no decision about authentication",
    label = "expected an `AuthRouter`",
    note = "make it an `AuthRouter`, so that each handler takes a decision",
    note = "or mount all of it as one service: `.public_service(path, router, \"why\")`, or `.authenticated_service(path, move |_: Authenticated<Claims>| router.clone())`"
)]
pub trait Mountable {
    /// The state that the router misses.
    type State;

    /// Returns the router.
    fn into_auth_router(self) -> AuthRouter<Self::State>;
}

impl<S> Mountable for AuthRouter<S> {
    type State = S;

    fn into_auth_router(self) -> Self {
        self
    }
}
