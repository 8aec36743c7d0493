// A `cfg` that disables the attribute leaves the handler without a proof. INC-29, INC-67.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

#[cfg_attr(any(), authenticated)]
async fn list() -> &'static str {
    "orders"
}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
