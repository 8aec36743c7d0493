// Fixes the mistake in fail/attribute/on_a_module.rs.
use auth_runtime::public;

#[public(reason = "load balancer probe")]
async fn health() {}

mod orders {}

pub(crate) fn main() {}
