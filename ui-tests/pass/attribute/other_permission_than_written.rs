// Fixes the mistake in fail/attribute/other_permission_than_written.rs.
use auth_runtime::{Authenticated, Claims, authenticated};

#[authenticated(Claims, requires = ui_tests::OrdersWrite)]
async fn create(auth: Authenticated<Claims, ui_tests::OrdersWrite>) {}

pub(crate) fn main() {}
