// `requires = ()` looks like a requirement but requires nothing.
use auth_runtime::authenticated;

#[authenticated(requires = ())]
async fn list() {}

fn main() {}
