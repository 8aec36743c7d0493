// A permission that is asked for in a branch, and whose answer is ignored. INC-03, INC-72.
#![deny(unused_must_use)]
use auth_runtime::{Authenticated, Claims, Rejection};
use ui_tests::OrdersRefund;

async fn refund(auth: Authenticated<Claims>, owner: String) -> Result<String, Rejection> {
    if auth.sub != owner {
        auth.check::<OrdersRefund>();
    }
    Ok(auth.sub.clone())
}

fn main() {
    let _ = refund;
}
