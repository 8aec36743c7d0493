// Fixes the mistake in fail/handler_in_axum/extractor_of_another_state.rs.
use axum::{Router, routing::get};
use axum::extract::State;
use ui_tests::App;

async fn orders(State(limit): State<u32>) -> String {
    limit.to_string()
}

pub(crate) fn main() {
    let _ = Router::<App>::new().route("/orders", get(orders));
}
