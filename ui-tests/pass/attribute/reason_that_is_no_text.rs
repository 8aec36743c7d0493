// The twin of fail/attribute/reason_that_is_no_text.rs, with the one thing mended.
use auth_runtime::public;

#[public(reason = "load balancer probe")]
async fn list() {}

pub(crate) fn main() {}
