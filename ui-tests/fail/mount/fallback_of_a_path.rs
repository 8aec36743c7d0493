// The fallback of one path is a handler and needs a decision.
use auth_runtime::{AuthRouter, authenticated, routing::get};
use ui_tests::App;

#[authenticated]
async fn list() -> &'static str {
    "orders"
}

async fn other() {}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list).fallback(other));
}
