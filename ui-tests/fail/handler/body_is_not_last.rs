// The compiler names the parameter that reads the body and is not last.
use auth_runtime::{AuthRouter, authenticated, routing::post};
use axum::{Json, extract::State};
use ui_tests::App;

#[authenticated]
async fn orders(Json(cents): Json<u32>, State(limit): State<u32>) -> String {
    (cents + limit).to_string()
}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", post(orders));
}
