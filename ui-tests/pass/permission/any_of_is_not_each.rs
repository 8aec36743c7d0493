// Fixes the mistake in fail/permission/any_of_is_not_each.rs.
use auth_runtime::{AnyOf, Authenticated, Claims, Rejection};
use ui_tests::{OrdersRefund, OrdersWrite};

fn refund(_: &Authenticated<Claims, OrdersRefund>) {}

async fn handle(auth: Authenticated<Claims, AnyOf<(OrdersWrite, OrdersRefund)>>) -> Result<(), Rejection> {
    refund(&auth.require::<OrdersRefund>()?);
    Ok(())
}

pub(crate) fn main() {}
