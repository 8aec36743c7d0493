// Fixes the mistake in fail/mount/method_not_allowed_fallback.rs.
use auth_runtime::{AuthRouter, authenticated};
use ui_tests::App;

#[authenticated]
async fn list() -> &'static str {
    "orders"
}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().method_not_allowed_fallback(list);
}
