// Only an opt-out has a reason.
use auth_runtime::authenticated;

#[authenticated(reason = "load balancer probe")]
async fn list() {}

fn main() {}
