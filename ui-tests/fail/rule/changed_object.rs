// A permitted order can't be changed into another one. INC-78.
use auth_runtime::Permitted;
use ui_tests::{CanRefund, Order};

fn swapped(mut order: Permitted<Order, CanRefund>) -> Permitted<Order, CanRefund> {
    order.id = 2;
    order
}

fn main() {}
