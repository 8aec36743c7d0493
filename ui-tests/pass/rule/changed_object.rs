// The twin of fail/rule/changed_object.rs, with the one thing mended.
use auth_runtime::Permitted;
use ui_tests::{CanRefund, Order};

fn seen(order: &Permitted<Order, CanRefund>) -> u64 {
    order.id
}

pub(crate) fn main() {}
