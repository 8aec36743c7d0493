// Fixes the mistake in fail/attribute/unknown_argument_of_authenticated.rs.
use auth_runtime::authenticated;

#[authenticated(requires = ui_tests::OrdersWrite)]
async fn list() {}

pub(crate) fn main() {}
