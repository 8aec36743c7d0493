// A public handler cannot require a permission.
use auth_runtime::public;

#[public(requires = OrdersWrite)]
async fn list() {}

fn main() {}
