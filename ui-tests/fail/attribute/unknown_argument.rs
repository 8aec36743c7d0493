// A mistyped argument is not passed over.
use auth_runtime::public;

#[public(reson = "load balancer probe")]
async fn list() {}

fn main() {}
