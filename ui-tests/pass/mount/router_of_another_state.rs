// The twin of fail/mount/router_of_another_state.rs, with the one thing mended.
use auth_runtime::{AuthRouter, Claims, Verifier};
use ui_tests::App;

fn app(verifier: Verifier<Claims>) -> AuthRouter<App> {
    let inner = AuthRouter::<Verifier<Claims>>::new();
    AuthRouter::<App>::new().merge(inner.with_state(verifier))
}

pub(crate) fn main() {
    let _ = app;
}
