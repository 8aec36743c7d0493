// The reason is a named argument: `reason = ".."`.
use auth_runtime::public;

#[public("load balancer probe")]
async fn list() {}

fn main() {}
