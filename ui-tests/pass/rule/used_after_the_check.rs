// Fixes the mistake in fail/rule/used_after_the_check.rs.
use auth_runtime::{Authenticated, Claims};
use ui_tests::{CanRefund, Order};

async fn handle(auth: Authenticated<Claims>, order: Order) {
    match auth.permit::<CanRefund, _>(order) {
        Err(_) => println!("403"),
        Ok(order) => println!("refunded {}", order.id),
    }
}

pub(crate) fn main() {}
