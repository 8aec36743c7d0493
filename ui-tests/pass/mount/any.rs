// Fixes the mistake in fail/mount/any.rs.
use auth_runtime::{AuthRouter, authenticated, routing::any};
use ui_tests::App;

#[authenticated]
async fn list() -> &'static str {
    "orders"
}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", any(list));
}
