// The twin of fail/attribute/on_a_struct.rs, with the one thing mended.
use auth_runtime::public;

#[public(reason = "load balancer probe")]
async fn health() {}

struct Orders;

pub(crate) fn main() {}
