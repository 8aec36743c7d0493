// The attribute is on one function, and another one is mounted. INC-29.
use auth_runtime::{AuthRouter, authenticated, routing::get};
use ui_tests::App;

#[authenticated]
async fn list() -> &'static str {
    list_unchecked().await
}

async fn list_unchecked() -> &'static str {
    "orders"
}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list_unchecked));
}
