// Fixes the mistake in fail/permission/own_permission_for_a_tuple.rs.
use auth_runtime::Authenticated;
use ui_tests::{OrdersRefund, OrdersWrite};

struct Mine;

fn wipe(_: &Authenticated<Mine, OrdersWrite>) {}

fn handle(auth: &Authenticated<Mine, (OrdersWrite, OrdersRefund)>) {
    wipe(&auth.weaken());
}

pub(crate) fn main() {}
