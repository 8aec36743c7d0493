// A public service needs a reason.
use auth_runtime::AuthRouter;
use ui_tests::App;

fn mount(service: axum::routing::Route) -> AuthRouter<App> {
    AuthRouter::new().public_service("/files", service)
}

fn main() {
    let _ = mount;
}
