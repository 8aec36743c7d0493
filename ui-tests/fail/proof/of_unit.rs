// Claims of no type: the state has no verifier for them.
use auth_runtime::Authenticated;

use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

fn app() -> AuthRouter<App> {
    AuthRouter::new().route("/", get(|_: Authenticated<()>| async {}))
}

fn main() {}
