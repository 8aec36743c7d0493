// Fixes the mistake in fail/rule/without_a_caller.rs.
use auth_runtime::{Authenticated, Claims, Permitted, Rejection};
use ui_tests::{CanRefund, Order};

fn handle(auth: &Authenticated<Claims>, order: Order) -> Result<Permitted<Order, CanRefund>, Rejection> {
    auth.permit::<CanRefund, _>(order)
}

pub(crate) fn main() {}
