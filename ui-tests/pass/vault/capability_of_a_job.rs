// Fixes the mistake in fail/vault/capability_of_a_job.rs.
use auth_runtime::{AuthRouter, job};
use ui_tests::Pool;

job!(Nightly for Pool = "deletes orders after ten years");

fn start() {
    let (_app, _job) = AuthRouter::<()>::new().job::<Nightly>();
}

pub(crate) fn main() {}
