// Fixes the mistake in fail/mount/verifier_of_other_claims.rs.
use auth_runtime::{AuthRouter, authenticated, routing::get};
use ui_tests::App;

#[authenticated(auth_runtime::Claims)]
async fn list() -> &'static str {
    "orders"
}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
