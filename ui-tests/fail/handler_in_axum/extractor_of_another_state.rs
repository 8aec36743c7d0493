// axum's message for the mistake in fail/handler/extractor_of_another_state.rs.
use axum::{Router, routing::get};
use axum::extract::State;
use ui_tests::App;

async fn orders(State(name): State<String>) -> String {
    name
}

fn main() {
    let _ = Router::<App>::new().route("/orders", get(orders));
}
