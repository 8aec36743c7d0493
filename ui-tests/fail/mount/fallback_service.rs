// A service cannot take a proof, so `fallback_service` does not exist: use the method that states
// the decision. INC-18.
use auth_runtime::AuthRouter;
use ui_tests::App;

fn mount(service: axum::routing::Route) -> AuthRouter<App> {
    AuthRouter::new().fallback_service(service)
}

fn main() {
    let _ = mount;
}
