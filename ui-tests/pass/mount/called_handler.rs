// Fixes the mistake in fail/mount/called_handler.rs.
use auth_runtime::{AuthRouter, Authenticated, Claims, routing::get};
use ui_tests::App;

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/", get(|_: Authenticated<Claims>| std::future::ready("known")));
}
