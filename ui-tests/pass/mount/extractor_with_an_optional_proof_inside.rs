// Fixes the mistake in fail/mount/extractor_with_an_optional_proof_inside.rs.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

use auth_runtime::{Authenticated, Claims};

async fn list(_: Authenticated<Claims>) {}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
