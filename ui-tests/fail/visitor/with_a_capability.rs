// A capability opens a vault without a caller, and a visitor opens none.
use auth_runtime::{AuthRouter, Claims, Visitor, capability, routing::get};
use ui_tests::{App, Pool};

capability!(Login for Pool = "checks a password before there is a token");

async fn login(_: Visitor<Claims, Login>) {}

fn main() {
    let _ = AuthRouter::<App>::new().route("/login", get(login));
}
