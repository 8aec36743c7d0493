// Fixes the mistake in fail/attribute/on_a_struct.rs.
use auth_runtime::public;

#[public(reason = "load balancer probe")]
async fn health() {}

struct Orders;

pub(crate) fn main() {}
