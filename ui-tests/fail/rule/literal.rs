// A permitted order cannot be written as a literal.
use auth_runtime::Permitted;
use ui_tests::{CanRefund, Order};

fn forged(order: Order) -> Permitted<Order, CanRefund> {
    Permitted { object: order, rule: std::marker::PhantomData }
}

fn main() {}
