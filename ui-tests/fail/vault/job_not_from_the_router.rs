// Only the router, which lists all jobs, can make a job.
use auth_runtime::{Claims, Job, Vault, job};
use ui_tests::Pool;

job!(Nightly for Pool = "deletes orders after ten years");

fn run(pool: &Vault<Pool, Claims>) -> u64 {
    pool.open(&Job::<Nightly> { name: std::marker::PhantomData }).rows()
}

fn main() {}
