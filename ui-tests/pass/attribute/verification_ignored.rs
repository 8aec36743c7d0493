// The twin of fail/attribute/verification_ignored.rs, with the one thing mended.
use auth_runtime::{Authenticated, Claims, Rejection, authenticated};

#[authenticated]
async fn refund(auth: Authenticated<Claims>) -> Result<(), Rejection> {
    let _auth = auth.require::<ui_tests::OrdersRefund>()?;
    println!("refunded");
    Ok(())
}

pub(crate) fn main() {}
