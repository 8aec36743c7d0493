// Fixes the mistake in fail/permission/waiver_is_not_the_condition.rs.
use auth_runtime::{Authenticated, Claims, Despite, Rejection};

fn orders(_: &Authenticated<Claims, ui_tests::OrdersWrite>) {}

fn pay(auth: &Authenticated<Claims, Despite<ui_tests::OrdersWrite>>) -> Result<(), Rejection> {
    orders(&*auth.check()?);
    Ok(())
}

pub(crate) fn main() {}
