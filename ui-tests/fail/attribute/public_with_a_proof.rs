// A handler that takes a proof is not public. INC-30.
use auth_runtime::{Authenticated, Claims, public};

#[public(reason = "load balancer probe")]
async fn list(auth: Authenticated<Claims>) {}

fn main() {}
