// The order of the two attributes does not matter. INC-29, INC-30.
use auth_runtime::{authenticated, public};

#[authenticated]
#[public(reason = "load balancer probe")]
async fn list() {}

fn main() {}
