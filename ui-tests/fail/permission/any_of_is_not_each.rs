// A proof of one of two permissions proves neither of them.
use auth_runtime::{AnyOf, Authenticated, Claims};
use ui_tests::{OrdersRefund, OrdersWrite};

fn refund(_: &Authenticated<Claims, OrdersRefund>) {}

async fn handle(auth: Authenticated<Claims, AnyOf<(OrdersWrite, OrdersRefund)>>) {
    refund(&auth.weaken());
}

fn main() {}
