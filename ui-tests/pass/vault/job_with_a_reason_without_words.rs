// Fixes the mistake in fail/vault/job_with_a_reason_without_words.rs.
use auth_runtime::job;
use ui_tests::Pool;

job!(Nightly for Pool = "deletes orders after ten years");

pub(crate) fn main() {}
