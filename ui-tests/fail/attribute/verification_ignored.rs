// A handler cannot drop the result of a check, whatever lints its crate allows. INC-01, INC-03.
use auth_runtime::{Authenticated, Claims, authenticated};

#[authenticated]
async fn refund(auth: Authenticated<Claims>) {
    auth.require::<ui_tests::OrdersRefund>();
    println!("refunded");
}

fn main() {}
