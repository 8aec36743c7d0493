// Fixes the mistake in fail/rule/ignored.rs.
#![deny(unused_must_use)]
use auth_runtime::{Authenticated, Claims, Rejection};
use ui_tests::{CanRefund, Order};

async fn handle(auth: Authenticated<Claims>, order: Order) -> Result<(), Rejection> {
    let _order = auth.permit::<CanRefund, _>(order)?;
    println!("refunded");
    Ok(())
}

pub(crate) fn main() {}
