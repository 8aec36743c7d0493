// The twin of fail/mount/body_first.rs, with the one thing mended.
use auth_runtime::{AuthRouter, authenticated, routing::post};
use ui_tests::App;

#[authenticated]
async fn create(body: String) -> String {
    body
}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", post(create));
}
