// A decision stands on one handler, not on a struct. INC-30.
use auth_runtime::public;

#[public(reason = "load balancer probe")]
struct Orders;

fn main() {}
