// What is public requires nothing.
use auth_runtime::public;

#[public(requires = OrdersWrite)]
async fn list() {}

fn main() {}
