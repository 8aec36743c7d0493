// The twin of fail/attribute/reason_without_a_name.rs, with the one thing mended.
use auth_runtime::public;

#[public(reason = "load balancer probe")]
async fn list() {}

pub(crate) fn main() {}
