// Fixes the mistake in fail/attribute/reason_without_a_name.rs.
use auth_runtime::public;

#[public(reason = "load balancer probe")]
async fn list() {}

pub(crate) fn main() {}
