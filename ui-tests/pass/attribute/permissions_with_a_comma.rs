// Fixes the mistake in fail/attribute/permissions_with_a_comma.rs.
use auth_runtime::authenticated;
use ui_tests::{OrdersRefund, OrdersWrite};

#[authenticated(requires = (OrdersWrite, OrdersRefund))]
async fn close() {}

pub(crate) fn main() {}
