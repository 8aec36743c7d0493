// A service cannot take a proof, so `nest_service` does not exist: state a decision. INC-18.
use auth_runtime::AuthRouter;
use ui_tests::App;

fn mount(service: axum::routing::Route) -> AuthRouter<App> {
    AuthRouter::new().nest_service("/files", service)
}

fn main() {
    let _ = mount;
}
