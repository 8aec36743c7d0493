// The fix: the proof of the handler waives the condition, so the attribute states it.
use auth_runtime::{Authenticated, Claims, Despite, Rejection};
use ui_tests::OrdersWrite;

fn pay(auth: &Authenticated<Claims, Despite<OrdersWrite>>) -> Result<(), Rejection> {
    auth.check::<Despite<OrdersWrite>>()?;
    Ok(())
}

pub(crate) fn main() {
    let _: fn(&Authenticated<Claims, Despite<OrdersWrite>>) -> Result<(), Rejection> = pay;
}
