// A proof can be weakened but not strengthened.
use auth_runtime::{Authenticated, Claims};
use ui_tests::{OrdersRefund, OrdersWrite};

fn refund(_: &Authenticated<Claims, OrdersRefund>) {}

async fn handle(auth: Authenticated<Claims, OrdersWrite>) {
    refund(&auth.weaken());
}

fn main() {}
