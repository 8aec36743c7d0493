// An argument must not be repeated: it is unclear which reason counts.
use auth_runtime::public;

#[public(reason = "load balancer probe", reason = "probe")]
async fn list() {}

fn main() {}
