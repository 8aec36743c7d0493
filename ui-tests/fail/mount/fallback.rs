// A client reaches the fallback with any unknown path, so it needs a decision. INC-16.
use auth_runtime::AuthRouter;
use ui_tests::App;

async fn list() -> &'static str {
    "orders"
}

fn main() {
    let _ = AuthRouter::<App>::new().fallback(list);
}
