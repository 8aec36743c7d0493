// Fixes the mistakes in fail/several_mistakes/public_arguments.rs.
use auth_runtime::public;

#[public(reason = "load balancer probe", expires = "2027-01-31")]
async fn list() {}

pub(crate) fn main() {}
