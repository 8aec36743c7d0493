// A capability needs a reason.
use auth_runtime::capability;
use ui_tests::Pool;

capability!(Login for Pool = " ");

fn main() {}
