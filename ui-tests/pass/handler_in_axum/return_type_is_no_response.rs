// The twin of fail/handler_in_axum/return_type_is_no_response.rs, with the one thing mended.
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
