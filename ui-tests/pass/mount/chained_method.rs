// Fixes the mistake in fail/mount/chained_method.rs.
use auth_runtime::{AuthRouter, authenticated, routing::get};
use ui_tests::App;

#[authenticated]
async fn list() -> &'static str {
    "orders"
}

#[authenticated]
async fn clear() {}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list).delete(clear));
}
