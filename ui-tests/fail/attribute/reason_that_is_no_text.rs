// A reason is text.
use auth_runtime::public;

#[public(reason = 7)]
async fn list() {}

fn main() {}
