// axum's message for the mistake in fail/handler/parameter_is_not_an_extractor.rs.
use axum::{Router, routing::post};
use ui_tests::App;

#[derive(serde::Deserialize)]
struct Order {
    item: String,
}

async fn orders(order: Order) -> String {
    order.item
}

fn main() {
    let _ = Router::<App>::new().route("/orders", post(orders));
}
