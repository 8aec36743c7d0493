// The compiler says that the returned type is not a future.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

fn orders(_: auth_runtime::Authenticated<auth_runtime::Claims>) -> String {
    String::new()
}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(orders));
}
