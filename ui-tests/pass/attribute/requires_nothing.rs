// The twin of fail/attribute/requires_nothing.rs, with the one thing mended.
use auth_runtime::authenticated;

#[authenticated(requires = ui_tests::OrdersWrite)]
async fn list() {}

pub(crate) fn main() {}
