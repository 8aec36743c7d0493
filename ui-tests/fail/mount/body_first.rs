// This handler would read the body of any client. INC-84.
use auth_runtime::{AuthRouter, routing::post};
use ui_tests::App;

async fn create(body: String) -> String {
    body
}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", post(create));
}
