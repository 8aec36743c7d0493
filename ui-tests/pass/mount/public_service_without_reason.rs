// Fixes the mistake in fail/mount/public_service_without_reason.rs.
use auth_runtime::AuthRouter;
use ui_tests::App;

fn mount(service: axum::routing::Route) -> AuthRouter<App> {
    AuthRouter::new().public_service("/files", service, "the logo")
}

pub(crate) fn main() {
    let _ = mount;
}
