// A rule takes the order, so a failed check leaves no order to use. INC-01, INC-04.
use auth_runtime::{Authenticated, Claims};
use ui_tests::{CanRefund, Order};

async fn handle(auth: Authenticated<Claims>, order: Order) {
    if auth.permit::<CanRefund, _>(order).is_err() {
        println!("403");
    }
    println!("refunded {}", order.id);
}

fn main() {}
