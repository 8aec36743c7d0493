// Fixes the mistake in fail/handler/parameter_is_not_an_extractor.rs.
use auth_runtime::{AuthRouter, authenticated, routing::post};
use ui_tests::App;

#[derive(serde::Deserialize)]
struct Order {
    item: String,
}

#[authenticated]
async fn orders(axum::Json(order): axum::Json<Order>) -> String {
    order.item
}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", post(orders));
}
