// The mistake this software exists for: a handler without a decision. INC-25.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

async fn list() -> &'static str {
    "orders"
}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
