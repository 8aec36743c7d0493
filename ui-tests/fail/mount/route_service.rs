// A service cannot take a proof, so `route_service` does not exist. INC-18, INC-24.
use auth_runtime::AuthRouter;
use ui_tests::App;

fn mount(service: axum::routing::Route) -> AuthRouter<App> {
    AuthRouter::new().route_service("/file", service)
}

fn main() {
    let _ = mount;
}
