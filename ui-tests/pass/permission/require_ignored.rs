// The twin of fail/permission/require_ignored.rs, with the one thing mended.
#![deny(unused_must_use)]
use auth_runtime::{Authenticated, Claims, Rejection};
use ui_tests::OrdersRefund;

async fn refund(auth: Authenticated<Claims>) -> Result<(), Rejection> {
    let _auth = auth.require::<OrdersRefund>()?;
    println!("refunded");
    Ok(())
}

pub(crate) fn main() {}
