// A rule that the attribute declares must be asked in the handler.
use auth_runtime::{Authenticated, Claims, authenticated, permissions::WithRule};
use ui_tests::{CanRefund, Order};

#[authenticated(Claims, rule = CanRefund)]
async fn refund(_auth: Authenticated<Claims, WithRule<CanRefund>>) -> String {
    let order = Order { id: 7 };
    format!("{} was refunded", order.id)
}

fn main() {}
