// The twin of fail/attribute/unknown_argument_of_authenticated.rs, with the one thing mended.
use auth_runtime::authenticated;

#[authenticated(requires = ui_tests::OrdersWrite)]
async fn list() {}

pub(crate) fn main() {}
