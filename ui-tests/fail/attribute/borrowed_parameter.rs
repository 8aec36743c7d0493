// A handler owns its parameters, so it must not borrow them.
use auth_runtime::authenticated;

#[authenticated]
async fn create(item: &str) {}

fn main() {}
