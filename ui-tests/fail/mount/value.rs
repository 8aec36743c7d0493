// axum takes a value for a handler; it decides nothing.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

fn main() {
    let _ = AuthRouter::<App>::new().route("/", get("anybody"));
}
