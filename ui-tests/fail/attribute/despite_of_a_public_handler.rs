// A public handler has no condition to waive.
use auth_runtime::public;

#[public(reason = "load balancer probe", despite = OwnPassword)]
async fn health() {}

fn main() {}
