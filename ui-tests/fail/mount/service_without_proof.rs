// A service for authenticated callers is made by a function of the proof.
use auth_runtime::AuthRouter;
use ui_tests::App;

fn mount(service: axum::routing::Route) -> AuthRouter<App> {
    AuthRouter::new().authenticated_service("/file", service)
}

fn main() {
    let _ = mount;
}
