// Fixes the mistake in fail/handler/extractor_of_another_state.rs.
use auth_runtime::{AuthRouter, authenticated, routing::get};
use axum::extract::State;
use ui_tests::App;

#[authenticated]
async fn orders(State(limit): State<u32>) -> String {
    limit.to_string()
}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(orders));
}
