// A job says why there is no caller.
use auth_runtime::job;
use ui_tests::Pool;

job!(Nightly for Pool = ".");

fn main() {}
