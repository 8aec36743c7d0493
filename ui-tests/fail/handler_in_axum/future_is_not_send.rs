// axum's message for the mistake in fail/handler/future_is_not_send.rs.
use axum::{Router, routing::get};
use std::rc::Rc;
use ui_tests::App;

async fn orders() -> String {
    let name = Rc::new("orders");
    std::future::ready(()).await;
    name.to_string()
}

fn main() {
    let _ = Router::<App>::new().route("/orders", get(orders));
}
