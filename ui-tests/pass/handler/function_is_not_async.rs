// The twin of fail/handler/function_is_not_async.rs, with the one thing mended.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

async fn orders(_: auth_runtime::Authenticated<auth_runtime::Claims>) -> String {
    String::new()
}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(orders));
}
