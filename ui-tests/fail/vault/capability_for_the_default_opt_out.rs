// No second resource can be added to an opt-out: what it opens is a part of its type.
use auth_runtime::opt_out::{Holds, NoReason};
use ui_tests::Pool;

impl Holds<Pool, ()> for NoReason {}

fn main() {}
