// A decision stands on one handler, not on a module. INC-30.
use auth_runtime::public;

#[public(reason = "load balancer probe")]
mod orders {}

fn main() {}
