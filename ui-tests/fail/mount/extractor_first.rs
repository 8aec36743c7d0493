// The first parameter is an extractor that is no proof, so the handler runs for anyone.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

use axum::extract::State;

async fn list(State(limit): State<u32>) -> String {
    limit.to_string()
}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
