// Fixes the mistake in fail/attribute/waiver_as_a_permission.rs.
use auth_runtime::authenticated;

#[authenticated(despite = ui_tests::OrdersWrite)]
async fn pay() {}

pub(crate) fn main() {}
