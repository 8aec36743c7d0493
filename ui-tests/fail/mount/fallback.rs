// A fallback is reached by anyone who guesses wrong, so it needs a decision too. INC-16.
use auth_runtime::AuthRouter;
use ui_tests::App;

async fn list() -> &'static str {
    "orders"
}

fn main() {
    let _ = AuthRouter::<App>::new().fallback(list);
}
