// A data function that takes a permitted order does not accept a plain order. INC-78, INC-80.
use auth_runtime::{Authenticated, Claims, Permitted};
use ui_tests::{CanRefund, Order};

fn refund(_: Permitted<Order, CanRefund>) {}

async fn handle(_auth: Authenticated<Claims>, order: Order) {
    refund(order);
}

fn main() {}
