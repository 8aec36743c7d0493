// axum's message for the mistake in fail/handler/body_is_not_last.rs.
use axum::{Router, routing::post};
use axum::{Json, extract::State};
use ui_tests::App;

async fn orders(Json(cents): Json<u32>, State(limit): State<u32>) -> String {
    (cents + limit).to_string()
}

fn main() {
    let _ = Router::<App>::new().route("/orders", post(orders));
}
