// Fixes the mistake in fail/rule/literal.rs.
use auth_runtime::{Authenticated, Claims, Permitted, Rejection};
use ui_tests::{CanRefund, Order};

fn permitted(auth: &Authenticated<Claims>, order: Order) -> Result<Permitted<Order, CanRefund>, Rejection> {
    auth.permit(order)
}

pub(crate) fn main() {}
