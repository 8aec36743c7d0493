// Fixes the mistake in fail/rule/raw_object_from_a_list.rs.
use auth_runtime::{Authenticated, Claims, Permitted, Rejection};
use ui_tests::{CanRefund, Order};

fn show(_: Vec<Permitted<Order, CanRefund>>) {}

async fn handle(auth: Authenticated<Claims>, orders: Vec<Order>) -> Result<(), Rejection> {
    show(auth.permit_each(orders)?);
    Ok(())
}

pub(crate) fn main() {}
