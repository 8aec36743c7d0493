// The attribute and the parameter must not name different permissions.
use auth_runtime::{Authenticated, Claims, authenticated};

#[authenticated(Claims, requires = ui_tests::OrdersWrite)]
async fn create(auth: Authenticated<Claims>) {}

fn main() {}
