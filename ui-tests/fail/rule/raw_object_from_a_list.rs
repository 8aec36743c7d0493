// A list of orders goes through the rule as well.
use auth_runtime::{Authenticated, Claims, Permitted};
use ui_tests::{CanRefund, Order};

fn show(_: Vec<Permitted<Order, CanRefund>>) {}

async fn handle(_auth: Authenticated<Claims>, orders: Vec<Order>) {
    show(orders);
}

fn main() {}
