// The posture and the lock show the waivers of the handler, and would not show this one.
use auth_runtime::{Authenticated, Claims, Despite, Rejection};
use ui_tests::OrdersWrite;

fn pay(auth: &Authenticated<Claims>) -> Result<(), Rejection> {
    auth.check::<Despite<OrdersWrite>>()?;
    Ok(())
}

fn main() {
    let _: fn(&Authenticated<Claims>) -> Result<(), Rejection> = pay;
}
