// The twin of fail/attribute/unknown_argument.rs, with the one thing mended.
use auth_runtime::public;

#[public(reason = "load balancer probe")]
async fn list() {}

pub(crate) fn main() {}
