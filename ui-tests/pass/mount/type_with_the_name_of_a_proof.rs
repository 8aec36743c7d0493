// The twin of fail/mount/type_with_the_name_of_a_proof.rs, with the one thing mended.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

async fn list(_: auth_runtime::Authenticated<auth_runtime::Claims>) {}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
