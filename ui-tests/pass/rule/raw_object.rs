// Fixes the mistake in fail/rule/raw_object.rs.
use auth_runtime::{Authenticated, Claims, Permitted, Rejection};
use ui_tests::{CanRefund, Order};

fn refund(_: Permitted<Order, CanRefund>) {}

async fn handle(auth: Authenticated<Claims>, order: Order) -> Result<(), Rejection> {
    refund(auth.permit::<CanRefund, _>(order)?);
    Ok(())
}

pub(crate) fn main() {}
