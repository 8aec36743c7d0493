// What axum says to the mistake in fail/handler/parameter_is_no_extractor.rs.
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
