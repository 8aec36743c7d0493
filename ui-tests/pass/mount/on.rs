// Fixes the mistake in fail/mount/on.rs.
use auth_runtime::{AuthRouter, authenticated, routing::{MethodFilter, on}};
use ui_tests::App;

#[authenticated]
async fn list() -> &'static str {
    "orders"
}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", on(MethodFilter::GET, list));
}
