// A proof for the claims type `()` needs a verifier for it, which the state does not hold.
use auth_runtime::Authenticated;

use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

fn app() -> AuthRouter<App> {
    AuthRouter::new().route("/", get(|_: Authenticated<()>| async {}))
}

fn main() {}
