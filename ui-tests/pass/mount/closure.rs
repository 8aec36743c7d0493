// Fixes the mistake in fail/mount/closure.rs.
use auth_runtime::{AuthRouter, Authenticated, Claims, routing::get};
use ui_tests::App;

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/", get(|_: Authenticated<Claims>| async { "known" }));
}
