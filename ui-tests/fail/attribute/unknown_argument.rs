// A misspelled argument is an error, because ignoring it would drop the reason.
use auth_runtime::public;

#[public(reson = "load balancer probe")]
async fn list() {}

fn main() {}
