// The fix: the condition is checked where the function requires it.
use auth_runtime::{Authenticated, Claims, Despite, Rejection};
use ui_tests::OrdersWrite;

fn orders(_: &Authenticated<Claims>) {}

fn pay(auth: &Authenticated<Claims, Despite<OrdersWrite>>) -> Result<(), Rejection> {
    orders(&*auth.check()?);
    Ok(())
}

pub(crate) fn main() {
    let _: fn(&Authenticated<Claims, Despite<OrdersWrite>>) -> Result<(), Rejection> = pay;
}
