// Fixes the mistake in fail/attribute/requires_nothing.rs.
use auth_runtime::authenticated;

#[authenticated(requires = ui_tests::OrdersWrite)]
async fn list() {}

pub(crate) fn main() {}
