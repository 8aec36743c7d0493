// Fixes the mistake in fail/proof/alias_of_an_optional_proof.rs.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

use auth_runtime::{Authenticated, Claims};

type Caller = Authenticated<Claims>;

async fn list(_: Caller) {}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
