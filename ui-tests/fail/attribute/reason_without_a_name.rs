// The reason has its name in front.
use auth_runtime::public;

#[public("load balancer probe")]
async fn list() {}

fn main() {}
