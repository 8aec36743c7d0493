// A decision about GET does not cover DELETE.
use auth_runtime::{AuthRouter, authenticated, routing::get};
use ui_tests::App;

#[authenticated]
async fn list() -> &'static str {
    "orders"
}

async fn clear() {}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list).delete(clear));
}
