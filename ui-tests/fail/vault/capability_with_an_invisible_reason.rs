// A reason of characters without width states nothing to a reviewer.
use auth_runtime::capability;
use ui_tests::Pool;

capability!(Login for Pool = "\u{200b}\u{2060}");

fn main() {}
