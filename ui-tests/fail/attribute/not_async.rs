// A handler is async.
use auth_runtime::authenticated;

#[authenticated]
fn list() {}

fn main() {}
