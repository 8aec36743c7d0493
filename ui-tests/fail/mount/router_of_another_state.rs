// A router that misses another state receives it before it is merged.
use auth_runtime::{AuthRouter, Claims, Verifier};
use ui_tests::App;

fn app(verifier: Verifier<Claims>) -> AuthRouter<App> {
    let inner = AuthRouter::<Verifier<Claims>>::new();
    drop(verifier);
    AuthRouter::<App>::new().merge(inner)
}

fn main() {
    let _ = app;
}
