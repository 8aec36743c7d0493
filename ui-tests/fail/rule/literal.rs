// A permitted order can't be written down.
use auth_runtime::Permitted;
use ui_tests::{CanRefund, Order};

fn forged(order: Order) -> Permitted<Order, CanRefund> {
    Permitted { object: order, rule: std::marker::PhantomData }
}

fn main() {}
