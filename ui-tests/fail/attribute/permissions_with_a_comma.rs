// Two permissions are written as a tuple.
use auth_runtime::authenticated;
use ui_tests::{OrdersRefund, OrdersWrite};

#[authenticated(requires = OrdersWrite, OrdersRefund)]
async fn close() {}

fn main() {}
