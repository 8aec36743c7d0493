// The first parameter is not a proof, so the handler would run for any client.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

use axum::extract::State;

async fn list(State(limit): State<u32>) -> String {
    limit.to_string()
}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
