// "One of two permissions" is written as the type `AnyOf`.
use auth_runtime::authenticated;
use ui_tests::{OrdersRefund, OrdersWrite};

#[authenticated(requires = OrdersWrite | OrdersRefund)]
async fn close() {}

fn main() {}
