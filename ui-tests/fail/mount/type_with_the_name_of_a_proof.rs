// The gate checks the type, not its name.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

struct Authenticated;

async fn list(_: Authenticated) {}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
