// Fixes the mistake in fail/attribute/unknown_argument.rs.
use auth_runtime::public;

#[public(reason = "load balancer probe")]
async fn list() {}

pub(crate) fn main() {}
