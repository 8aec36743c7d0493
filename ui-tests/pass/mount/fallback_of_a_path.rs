// Fixes the mistake in fail/mount/fallback_of_a_path.rs.
use auth_runtime::{AuthRouter, authenticated, routing::get};
use ui_tests::App;

#[authenticated]
async fn list() -> &'static str {
    "orders"
}

#[authenticated]
async fn other() {}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list).fallback(other));
}
