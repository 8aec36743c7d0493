// Fixes the mistake in fail/attribute/rule_not_asked.rs.
use auth_runtime::{Authenticated, Claims, Rejection, authenticated, permissions::WithRule};
use ui_tests::{CanRefund, Order};

#[authenticated(Claims, rule = CanRefund)]
async fn refund(auth: Authenticated<Claims, WithRule<CanRefund>>) -> Result<String, Rejection> {
    let order = auth.permit::<CanRefund, _>(Order { id: 7 })?;
    Ok(format!("{} was refunded", order.id))
}

pub(crate) fn main() {}
