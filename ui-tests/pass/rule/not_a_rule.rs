// Fixes the mistake in fail/rule/not_a_rule.rs.
use auth_runtime::{Authenticated, Claims, Rejection};
use ui_tests::{CanRefund, Order};

async fn handle(auth: Authenticated<Claims>, order: Order) -> Result<(), Rejection> {
    let _order = auth.permit::<CanRefund, _>(order)?;
    Ok(())
}

pub(crate) fn main() {}
