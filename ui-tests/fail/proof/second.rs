// The proof comes first: no extractor runs before the caller is known.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

use auth_runtime::{Authenticated, Claims};
use axum::extract::State;

async fn list(_: State<u32>, _: Authenticated<Claims>) {}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
