// Fixes the mistake in fail/proof/optional_proof.rs.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

use auth_runtime::{Authenticated, Claims};

async fn list(_: Authenticated<Claims>) {}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
