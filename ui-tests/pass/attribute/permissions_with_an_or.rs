// The twin of fail/attribute/permissions_with_an_or.rs, with the one thing mended.
use auth_runtime::authenticated;
use ui_tests::{OrdersRefund, OrdersWrite};

#[authenticated(requires = auth_runtime::AnyOf<(OrdersWrite, OrdersRefund)>)]
async fn close() {}

pub(crate) fn main() {}
