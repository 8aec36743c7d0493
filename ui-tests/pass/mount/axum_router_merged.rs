// The twin of fail/mount/axum_router_merged.rs, with the one thing mended.
use auth_runtime::AuthRouter;
use ui_tests::App;

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().merge(AuthRouter::<App>::new());
}
