// A handler is authenticated or public, not both. INC-30.
use auth_runtime::{authenticated, public};

#[public(reason = "load balancer probe")]
#[authenticated]
async fn list() {}

fn main() {}
