// The claims type must be in scope.
use auth_runtime::authenticated;

#[authenticated(Clams)]
async fn list() {}

fn main() {}
