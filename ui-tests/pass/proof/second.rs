// Fixes the mistake in fail/proof/second.rs.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

use auth_runtime::{Authenticated, Claims};
use axum::extract::State;

async fn list(_: Authenticated<Claims>, _: State<u32>) {}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
