// axum's message for the mistake in fail/handler/return_type_is_not_a_response.rs.
use axum::{Router, routing::get};
use ui_tests::App;

struct Order;

async fn orders() -> Order {
    Order
}

fn main() {
    let _ = Router::<App>::new().route("/orders", get(orders));
}
