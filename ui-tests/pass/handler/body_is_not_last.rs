// Fixes the mistake in fail/handler/body_is_not_last.rs.
use auth_runtime::{AuthRouter, authenticated, routing::post};
use axum::{Json, extract::State};
use ui_tests::App;

#[authenticated]
async fn orders(State(limit): State<u32>, Json(cents): Json<u32>) -> String {
    (cents + limit).to_string()
}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", post(orders));
}
