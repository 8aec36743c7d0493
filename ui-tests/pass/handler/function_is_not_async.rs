// Fixes the mistake in fail/handler/function_is_not_async.rs.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

async fn orders(_: auth_runtime::Authenticated<auth_runtime::Claims>) -> String {
    String::new()
}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(orders));
}
