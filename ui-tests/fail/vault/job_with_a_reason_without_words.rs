// A job needs a reason in words why it has no caller.
use auth_runtime::job;
use ui_tests::Pool;

job!(Nightly for Pool = ".");

fn main() {}
