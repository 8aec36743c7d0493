// Fixes the mistake in fail/attribute/reason_is_not_a_string.rs.
use auth_runtime::public;

#[public(reason = "load balancer probe")]
async fn list() {}

pub(crate) fn main() {}
