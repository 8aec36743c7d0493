// One of two is said by a type.
use auth_runtime::authenticated;
use ui_tests::{OrdersRefund, OrdersWrite};

#[authenticated(requires = OrdersWrite | OrdersRefund)]
async fn close() {}

fn main() {}
