// Fixes the mistake in fail/vault/job_not_from_the_router.rs.
use auth_runtime::{AuthRouter, Claims, Job, Vault, job};
use ui_tests::Pool;

job!(Nightly for Pool = "deletes orders after ten years");

fn run(pool: &Vault<Pool, Claims>) -> u64 {
    let (_app, job): (AuthRouter, Job<Nightly>) = AuthRouter::new().job();
    pool.open(&job).rows()
}

pub(crate) fn main() {}
