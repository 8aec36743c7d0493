// The twin of fail/attribute/on_a_module.rs, with the one thing mended.
use auth_runtime::public;

#[public(reason = "load balancer probe")]
async fn health() {}

mod orders {}

pub(crate) fn main() {}
