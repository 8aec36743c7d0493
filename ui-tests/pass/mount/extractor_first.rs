// Fixes the mistake in fail/mount/extractor_first.rs.
use auth_runtime::{AuthRouter, authenticated, routing::get};
use ui_tests::App;

use axum::extract::State;

#[authenticated]
async fn list(State(limit): State<u32>) -> String {
    limit.to_string()
}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
