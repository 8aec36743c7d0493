// The twin of fail/visitor/with_a_capability.rs, with the one thing mended.
use auth_runtime::{AuthRouter, Public, capability, routing::get};
use ui_tests::{App, Pool};

capability!(Login for Pool = "checks a password before there is a token");

async fn login(_: Public<Login>) {}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/login", get(login));
}
