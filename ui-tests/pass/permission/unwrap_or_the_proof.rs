// Fixes the mistake in fail/permission/unwrap_or_the_proof.rs.
use auth_runtime::{Authenticated, Claims, Rejection};
use ui_tests::OrdersRefund;

fn refund(_: &Authenticated<Claims, OrdersRefund>) {}

async fn handle(auth: Authenticated<Claims>) -> Result<(), Rejection> {
    refund(&auth.require::<OrdersRefund>()?);
    Ok(())
}

pub(crate) fn main() {}
