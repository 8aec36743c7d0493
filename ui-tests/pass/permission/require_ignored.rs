// Fixes the mistake in fail/permission/require_ignored.rs.
#![deny(unused_must_use)]
use auth_runtime::{Authenticated, Claims, Rejection};
use ui_tests::OrdersRefund;

async fn refund(auth: Authenticated<Claims>) -> Result<(), Rejection> {
    let _auth = auth.require::<OrdersRefund>()?;
    println!("refunded");
    Ok(())
}

pub(crate) fn main() {}
