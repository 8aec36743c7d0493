// Fixes the mistake in fail/mount/into_axum_router.rs.
use auth_runtime::AuthRouter;

fn kept(app: AuthRouter) -> AuthRouter {
    app
}

pub(crate) fn main() {
    let _ = kept;
}
