// A reason must be a string.
use auth_runtime::public;

#[public(reason = 7)]
async fn list() {}

fn main() {}
