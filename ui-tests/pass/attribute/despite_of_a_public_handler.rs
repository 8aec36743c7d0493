// Fixes the mistake in fail/attribute/despite_of_a_public_handler.rs.
use auth_runtime::public;

#[public(reason = "load balancer probe")]
async fn health() {}

pub(crate) fn main() {}
