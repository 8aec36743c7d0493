// The twin of fail/vault/job_with_a_reason_of_a_dot.rs, with the one thing mended.
use auth_runtime::job;
use ui_tests::Pool;

job!(Nightly for Pool = "deletes orders after ten years");

pub(crate) fn main() {}
