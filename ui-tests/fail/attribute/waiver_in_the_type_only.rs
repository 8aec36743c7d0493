// The attribute must say that a condition of the verifier is waived.
use auth_runtime::{Authenticated, Claims, Despite, authenticated};

#[authenticated(Claims)]
async fn pay(_auth: Authenticated<Claims, Despite<ui_tests::OrdersWrite>>) {}

fn main() {}
