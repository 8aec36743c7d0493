// One permission does not stand for another. INC-03.
use auth_runtime::{Authenticated, Claims};

use ui_tests::{OrdersRefund, OrdersWrite};

fn refund(_: &Authenticated<Claims, OrdersRefund>) {}

async fn create(auth: Authenticated<Claims, OrdersWrite>) {
    refund(&auth);
}

fn main() {}
