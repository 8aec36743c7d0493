// `on` requires a decision, as `get` does.
use auth_runtime::{AuthRouter, routing::{MethodFilter, on}};
use ui_tests::App;

async fn list() -> &'static str {
    "orders"
}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", on(MethodFilter::GET, list));
}
