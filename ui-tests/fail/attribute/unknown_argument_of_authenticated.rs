// A misspelled `requires` is an error, because ignoring it would require nothing.
use auth_runtime::authenticated;

#[authenticated(require = ui_tests::OrdersWrite)]
async fn list() {}

fn main() {}
