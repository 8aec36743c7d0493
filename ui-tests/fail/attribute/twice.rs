// A handler has exactly one decision.
use auth_runtime::authenticated;

#[authenticated]
#[authenticated]
async fn list() {}

fn main() {}
