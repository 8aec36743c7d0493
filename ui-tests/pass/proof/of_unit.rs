// Fixes the mistake in fail/proof/of_unit.rs.
use auth_runtime::{Authenticated, Claims};

use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

fn app() -> AuthRouter<App> {
    AuthRouter::new().route("/", get(|_: Authenticated<Claims>| async {}))
}

pub(crate) fn main() {}
