// The twin of fail/several_mistakes/public_arguments.rs, with each mistake fixed.
use auth_runtime::public;

#[public(reason = "load balancer probe", expires = "2027-01-31")]
async fn list() {}

pub(crate) fn main() {}
