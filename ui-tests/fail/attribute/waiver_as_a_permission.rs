// A waiver must stand where the reviewer looks for it.
use auth_runtime::authenticated;

#[authenticated(requires = auth_runtime::Despite<ui_tests::OrdersWrite>)]
async fn pay() {}

fn main() {}
