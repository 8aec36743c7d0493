// Fixes the mistake in fail/mount/type_with_the_name_of_a_proof.rs.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

async fn list(_: auth_runtime::Authenticated<auth_runtime::Claims>) {}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
