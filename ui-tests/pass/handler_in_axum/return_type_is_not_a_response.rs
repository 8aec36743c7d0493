// Fixes the mistake in fail/handler_in_axum/return_type_is_not_a_response.rs.
use axum::{Router, routing::get};
use ui_tests::App;

struct Order;

async fn orders() -> String {
    let Order = Order;
    String::new()
}

pub(crate) fn main() {
    let _ = Router::<App>::new().route("/orders", get(orders));
}
