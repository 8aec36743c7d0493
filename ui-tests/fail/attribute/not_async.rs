// A handler must be async.
use auth_runtime::authenticated;

#[authenticated]
fn list() {}

fn main() {}
