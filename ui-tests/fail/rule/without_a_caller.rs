// A rule is asked by a proof; nobody else can ask.
use auth_runtime::{Claims, Permitted, Rejection};
use ui_tests::{CanRefund, Order};

fn handle(claims: &Claims, order: Order) -> Result<Permitted<Order, CanRefund>, Rejection> {
    claims.permit::<CanRefund, _>(order)
}

fn main() {}
