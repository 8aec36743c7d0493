// Only a proof can ask a rule: claims cannot.
use auth_runtime::{Claims, Permitted, Rejection};
use ui_tests::{CanRefund, Order};

fn handle(claims: &Claims, order: Order) -> Result<Permitted<Order, CanRefund>, Rejection> {
    claims.permit::<CanRefund, _>(order)
}

fn main() {}
