// A proof without the waiver would state a condition that is not checked.
use auth_runtime::{Authenticated, Claims, authenticated};

#[authenticated(Claims, despite = ui_tests::OrdersWrite)]
async fn pay(auth: Authenticated<Claims>) {}

fn main() {}
