// Fixes the mistake in fail/permission/weakened_to_what_was_not_proved.rs.
use auth_runtime::{Authenticated, Claims};
use ui_tests::{OrdersRefund, OrdersWrite};

fn refund(_: &Authenticated<Claims, OrdersRefund>) {}

async fn handle(auth: Authenticated<Claims, (OrdersWrite, OrdersRefund)>) {
    refund(&auth.weaken());
}

pub(crate) fn main() {}
