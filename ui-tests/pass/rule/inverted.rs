// Fixes the mistake in fail/rule/inverted.rs.
use auth_runtime::{Authenticated, Claims};
use ui_tests::{CanRefund, Order};

async fn handle(auth: Authenticated<Claims>, order: Order) {
    if auth.permit::<CanRefund, _>(order).is_ok() {
        println!("refunded");
    }
}

pub(crate) fn main() {}
