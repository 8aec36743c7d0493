// Fixes the mistake in fail/permission/own_inclusion.rs.
use auth_runtime::{Authenticated, Claims};
use ui_tests::{OrdersRefund, OrdersWrite};

fn weaken(_: Authenticated<Claims, (OrdersWrite, OrdersRefund)>) {}

pub(crate) fn main() {}
