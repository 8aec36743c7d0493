// Fixes the mistake in fail/attribute/verification_ignored.rs.
use auth_runtime::{Authenticated, Claims, Rejection, authenticated};

#[authenticated]
async fn refund(auth: Authenticated<Claims>) -> Result<(), Rejection> {
    let _auth = auth.require::<ui_tests::OrdersRefund>()?;
    println!("refunded");
    Ok(())
}

pub(crate) fn main() {}
