// Fixes the mistake in fail/attribute/requires_of_a_public_handler.rs.
use auth_runtime::public;

#[public(reason = "load balancer probe")]
async fn list() {}

pub(crate) fn main() {}
