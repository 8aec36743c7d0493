// Fixes the mistake in fail/rule/changed_object.rs.
use auth_runtime::Permitted;
use ui_tests::{CanRefund, Order};

fn seen(order: &Permitted<Order, CanRefund>) -> u64 {
    order.id
}

pub(crate) fn main() {}
