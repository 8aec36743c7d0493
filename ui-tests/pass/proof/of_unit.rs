// The twin of fail/proof/of_unit.rs, with the one thing mended.
use auth_runtime::{Authenticated, Claims};

use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

fn app() -> AuthRouter<App> {
    AuthRouter::new().route("/", get(|_: Authenticated<Claims>| async {}))
}

pub(crate) fn main() {}
