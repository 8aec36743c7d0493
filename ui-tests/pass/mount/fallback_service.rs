// Fixes the mistake in fail/mount/fallback_service.rs.
use auth_runtime::AuthRouter;
use ui_tests::App;

fn mount(service: axum::routing::Route) -> AuthRouter<App> {
    AuthRouter::new().public_service("/", service, "the front end")
}

pub(crate) fn main() {
    let _ = mount;
}
