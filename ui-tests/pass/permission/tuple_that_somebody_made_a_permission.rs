// The twin of fail/permission/tuple_that_somebody_made_a_permission.rs, with the one thing mended.
use auth_runtime::Authenticated;
use ui_tests::{OrdersRefund, OrdersWrite};

struct Mine;

fn wipe(_: &Authenticated<Mine, OrdersWrite>) {}

fn handle(auth: &Authenticated<Mine, (OrdersWrite, OrdersRefund)>) {
    wipe(&auth.weaken());
}

pub(crate) fn main() {}
