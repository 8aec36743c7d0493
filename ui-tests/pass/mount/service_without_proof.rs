// Fixes the mistake in fail/mount/service_without_proof.rs.
use auth_runtime::{AuthRouter, Authenticated, Claims};
use ui_tests::App;

fn mount(service: axum::routing::Route) -> AuthRouter<App> {
    AuthRouter::new().authenticated_service("/file", move |_: Authenticated<Claims>| service.clone())
}

pub(crate) fn main() {
    let _ = mount;
}
