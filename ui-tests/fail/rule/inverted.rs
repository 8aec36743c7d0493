// A rule returns a `Result`, which `!` cannot negate.
use auth_runtime::{Authenticated, Claims};
use ui_tests::{CanRefund, Order};

async fn handle(auth: Authenticated<Claims>, order: Order) {
    if !auth.permit::<CanRefund, _>(order) {
        println!("refunded");
    }
}

fn main() {}
