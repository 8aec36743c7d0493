// What is said of a login is not said of a job, nor the other way round.
use auth_runtime::{AuthRouter, capability};
use ui_tests::Pool;

capability!(Login for Pool = "checks a password before there is a token");

fn start() {
    let (_app, _job) = AuthRouter::<()>::new().job::<Login>();
}

fn main() {}
