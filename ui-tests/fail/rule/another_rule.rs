// An object that one rule permitted is not permitted by another rule.
use auth_runtime::{Authenticated, Claims, Permitted, Rejection};
use ui_tests::{CanRefund, Order};

use ui_tests::CanSee;

fn refund(_: Permitted<Order, CanRefund>) {}

async fn handle(auth: Authenticated<Claims>, order: Order) -> Result<(), Rejection> {
    refund(auth.permit::<CanSee, _>(order)?);
    Ok(())
}

fn main() {}
