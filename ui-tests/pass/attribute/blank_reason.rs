// Fixes the mistake in fail/attribute/blank_reason.rs.
use auth_runtime::public;

#[public(reason = "load balancer probe")]
async fn list() {}

pub(crate) fn main() {}
