// The twin of fail/visitor/claims_without_a_verifier.rs, with the one thing mended.
use auth_runtime::{AuthRouter, Claims, public, routing::get};
use ui_tests::App;

#[public(reason = "articles are for everyone", optional = Claims)]
async fn article() {}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/article", get(article));
}
