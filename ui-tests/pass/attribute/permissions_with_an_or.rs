// Fixes the mistake in fail/attribute/permissions_with_an_or.rs.
use auth_runtime::authenticated;
use ui_tests::{OrdersRefund, OrdersWrite};

#[authenticated(requires = auth_runtime::AnyOf<(OrdersWrite, OrdersRefund)>)]
async fn close() {}

pub(crate) fn main() {}
