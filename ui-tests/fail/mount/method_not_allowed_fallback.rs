// The fallback for other methods is a handler and needs a decision. INC-16.
use auth_runtime::AuthRouter;
use ui_tests::App;

async fn list() -> &'static str {
    "orders"
}

fn main() {
    let _ = AuthRouter::<App>::new().method_not_allowed_fallback(list);
}
