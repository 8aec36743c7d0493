// A capability of a public handler does not make a job.
use auth_runtime::{AuthRouter, capability};
use ui_tests::Pool;

capability!(Login for Pool = "checks a password before there is a token");

fn start() {
    let (_app, _job) = AuthRouter::<()>::new().job::<Login>();
}

fn main() {}
