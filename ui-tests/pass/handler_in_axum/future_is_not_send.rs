// Fixes the mistake in fail/handler_in_axum/future_is_not_send.rs.
use axum::{Router, routing::get};
use std::rc::Rc;
use ui_tests::App;

async fn orders() -> String {
    let name = Rc::new("orders").to_string();
    std::future::ready(()).await;
    name
}

pub(crate) fn main() {
    let _ = Router::<App>::new().route("/orders", get(orders));
}
