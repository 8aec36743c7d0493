// The handler is called instead of passed.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

fn main() {
    let _ = AuthRouter::<App>::new().route("/", get(std::future::ready("for all")));
}
