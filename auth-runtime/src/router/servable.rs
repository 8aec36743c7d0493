//! Which routers `serve` takes.

use super::AuthRouter;

/// A router whose handlers all have a decision, with its state.
// P5: only `AuthRouter<()>`. A trait for the words of rustc, as `Mountable`.
#[diagnostic::on_unimplemented(
    message = "only an `AuthRouter` that has its state is served",
    label = "`{Self}` is not an `AuthRouter<()>`",
    note = "provide the state that the router misses: `.with_state(state)`",
    note = "make a plain router an `AuthRouter`; or mount it as it is: `AuthRouter::new().public_service(\"/\", router, \"why\")`"
)]
pub trait Servable {
    /// Returns the router.
    fn into_auth_router(self) -> AuthRouter;
}

impl Servable for AuthRouter {
    fn into_auth_router(self) -> Self {
        self
    }
}
