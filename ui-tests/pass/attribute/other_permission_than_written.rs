// The twin of fail/attribute/other_permission_than_written.rs, with the one thing mended.
use auth_runtime::{Authenticated, Claims, authenticated};

#[authenticated(Claims, requires = ui_tests::OrdersWrite)]
async fn create(auth: Authenticated<Claims, ui_tests::OrdersWrite>) {}

pub(crate) fn main() {}
