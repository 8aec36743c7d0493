// The result of a permission check must not be ignored. INC-03, INC-72.
#![deny(unused_must_use)]
use auth_runtime::{Authenticated, Claims};
use ui_tests::OrdersRefund;

async fn refund(auth: Authenticated<Claims>) {
    auth.require::<OrdersRefund>();
    println!("refunded");
}

fn main() {}
