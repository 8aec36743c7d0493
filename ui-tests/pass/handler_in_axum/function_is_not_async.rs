// Fixes the mistake in fail/handler_in_axum/function_is_not_async.rs.
use axum::{Router, routing::get};
use ui_tests::App;

async fn orders(_: auth_runtime::Authenticated<auth_runtime::Claims>) -> String {
    String::new()
}

pub(crate) fn main() {
    let _ = Router::<App>::new().route("/orders", get(orders));
}
