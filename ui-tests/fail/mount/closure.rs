// A closure is a handler and needs a decision.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

fn main() {
    let _ = AuthRouter::<App>::new().route("/", get(|| async { "for all" }));
}
