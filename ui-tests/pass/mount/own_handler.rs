// Fixes the mistake in fail/mount/own_handler.rs.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

use axum::response::Response;

async fn good(_: auth_runtime::Authenticated<auth_runtime::Claims>) -> Response {
    Response::default()
}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/", get(good));
}
