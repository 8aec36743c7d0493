// The twin of fail/mount/public_service_without_reason.rs, with the one thing mended.
use auth_runtime::AuthRouter;
use ui_tests::App;

fn mount(service: axum::routing::Route) -> AuthRouter<App> {
    AuthRouter::new().public_service("/files", service, "the logo")
}

pub(crate) fn main() {
    let _ = mount;
}
