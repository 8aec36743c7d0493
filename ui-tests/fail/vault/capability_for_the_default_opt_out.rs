// An opt-out cannot get a second resource, because the resource is part of its type.
use auth_runtime::opt_out::{Holds, NoReason};
use ui_tests::Pool;

impl Holds<Pool, ()> for NoReason {}

fn main() {}
