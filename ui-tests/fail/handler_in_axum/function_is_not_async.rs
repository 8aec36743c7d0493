// axum's message for the mistake in fail/handler/function_is_not_async.rs.
use axum::{Router, routing::get};
use ui_tests::App;

fn orders(_: auth_runtime::Authenticated<auth_runtime::Claims>) -> String {
    String::new()
}

fn main() {
    let _ = Router::<App>::new().route("/orders", get(orders));
}
