// Fixes the mistake in fail/handler/future_is_not_send.rs.
use auth_runtime::{AuthRouter, authenticated, routing::get};
use std::rc::Rc;
use ui_tests::App;

#[authenticated]
async fn orders() -> String {
    let name = Rc::new("orders").to_string();
    std::future::ready(()).await;
    name
}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(orders));
}
