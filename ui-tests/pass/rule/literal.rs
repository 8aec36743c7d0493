// The twin of fail/rule/literal.rs, with the one thing mended.
use auth_runtime::{Authenticated, Claims, Permitted, Rejection};
use ui_tests::{CanRefund, Order};

fn permitted(auth: &Authenticated<Claims>, order: Order) -> Result<Permitted<Order, CanRefund>, Rejection> {
    auth.permit(order)
}

pub(crate) fn main() {}
