// Fixes the mistake in fail/mount/generic_handler.rs.
use auth_runtime::{AuthRouter, authenticated, routing::get};
use ui_tests::App;

#[authenticated]
async fn list<T: Default + ToString>() -> String {
    T::default().to_string()
}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/", get(list::<u32>));
}
