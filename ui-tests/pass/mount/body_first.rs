// Fixes the mistake in fail/mount/body_first.rs.
use auth_runtime::{AuthRouter, authenticated, routing::post};
use ui_tests::App;

#[authenticated]
async fn create(body: String) -> String {
    body
}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", post(create));
}
