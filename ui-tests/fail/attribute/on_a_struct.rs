// A decision belongs to one handler, not to a struct. INC-30.
use auth_runtime::public;

#[public(reason = "load balancer probe")]
struct Orders;

fn main() {}
