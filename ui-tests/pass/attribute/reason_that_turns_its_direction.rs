// The twin of fail/attribute/reason_that_turns_its_direction.rs, with the one thing mended.
use auth_runtime::public;

#[public(reason = "load balancer probe")]
async fn list() {}

pub(crate) fn main() {}
