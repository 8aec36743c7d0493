// Inside a handler the answer of a check can't be dropped, whatever the service's lints are. INC-01, INC-03.
use auth_runtime::{Authenticated, Claims, authenticated};

#[authenticated]
async fn refund(auth: Authenticated<Claims>) {
    auth.require::<ui_tests::OrdersRefund>();
    println!("refunded");
}

fn main() {}
