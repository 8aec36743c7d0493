// Fixes the mistake in fail/handler_in_axum/parameter_is_not_an_extractor.rs.
use axum::{Router, routing::post};
use ui_tests::App;

#[derive(serde::Deserialize)]
struct Order {
    item: String,
}

async fn orders(axum::Json(order): axum::Json<Order>) -> String {
    order.item
}

pub(crate) fn main() {
    let _ = Router::<App>::new().route("/orders", post(orders));
}
