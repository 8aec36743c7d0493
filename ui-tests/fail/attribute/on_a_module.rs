// A decision belongs to one handler, not to a module. INC-30.
use auth_runtime::public;

#[public(reason = "load balancer probe")]
mod orders {}

fn main() {}
