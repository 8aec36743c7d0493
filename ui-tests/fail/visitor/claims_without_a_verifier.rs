// Without a verifier of these claims in the state, a good token could not be told from a bad one.
use auth_runtime::{AuthRouter, public, routing::get};
use ui_tests::App;

#[derive(serde::Deserialize)]
struct Member {}

#[public(reason = "articles are for everyone", optional = Member)]
async fn article() {}

fn main() {
    let _ = AuthRouter::<App>::new().route("/article", get(article));
}
