// Fixes the mistake in fail/handler_in_axum/body_is_not_last.rs.
use axum::{Router, routing::post};
use axum::{Json, extract::State};
use ui_tests::App;

async fn orders(State(limit): State<u32>, Json(cents): Json<u32>) -> String {
    (cents + limit).to_string()
}

pub(crate) fn main() {
    let _ = Router::<App>::new().route("/orders", post(orders));
}
