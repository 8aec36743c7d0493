// Two reasons are none.
use auth_runtime::public;

#[public(reason = "load balancer probe", reason = "probe")]
async fn list() {}

fn main() {}
