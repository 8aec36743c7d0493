// Fixes the mistake in fail/mount/axum_router_merged.rs.
use auth_runtime::AuthRouter;
use ui_tests::App;

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().merge(AuthRouter::<App>::new());
}
