// Fixes the mistake in fail/mount/another_function.rs.
use auth_runtime::{AuthRouter, authenticated, routing::get};
use ui_tests::App;

#[authenticated]
async fn list() -> &'static str {
    list_unchecked().await
}

async fn list_unchecked() -> &'static str {
    "orders"
}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
