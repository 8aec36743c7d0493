// The twin of fail/mount/into_axum_router.rs, with the one thing mended.
use auth_runtime::AuthRouter;

fn kept(app: AuthRouter) -> AuthRouter {
    app
}

pub(crate) fn main() {
    let _ = kept;
}
