// A proof of one permission is not a proof of another. INC-03.
use auth_runtime::{Authenticated, Claims};

use ui_tests::{OrdersRefund, OrdersWrite};

fn refund(_: &Authenticated<Claims, OrdersRefund>) {}

async fn create(auth: Authenticated<Claims, OrdersWrite>) {
    refund(&auth);
}

fn main() {}
