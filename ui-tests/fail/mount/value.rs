// axum accepts a plain value as a handler. A value makes no decision.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

fn main() {
    let _ = AuthRouter::<App>::new().route("/", get("for all"));
}
