// Fixes the mistake in fail/permission/another_one.rs.
use auth_runtime::{Authenticated, Claims};

use ui_tests::OrdersRefund;

fn refund(_: &Authenticated<Claims, OrdersRefund>) {}

async fn create(auth: Authenticated<Claims, OrdersRefund>) {
    refund(&auth);
}

pub(crate) fn main() {}
