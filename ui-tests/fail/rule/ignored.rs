// The result of a rule must not be ignored. INC-03, INC-72.
#![deny(unused_must_use)]
use auth_runtime::{Authenticated, Claims};
use ui_tests::{CanRefund, Order};

async fn handle(auth: Authenticated<Claims>, order: Order) {
    auth.permit::<CanRefund, _>(order);
    println!("refunded");
}

fn main() {}
