// A reviewer cannot read a reason of invisible characters.
use auth_runtime::capability;
use ui_tests::Pool;

capability!(Login for Pool = "\u{200b}\u{2060}");

fn main() {}
