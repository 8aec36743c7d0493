// An empty tuple looks like a requirement and is none.
use auth_runtime::authenticated;

#[authenticated(requires = ())]
async fn list() {}

fn main() {}
