// The twin of fail/attribute/reason_of_a_dot.rs, with the one thing mended.
use auth_runtime::public;

#[public(reason = "load balancer probe")]
async fn list() {}

pub(crate) fn main() {}
