// Fixes the mistake in fail/permission/not_a_permission.rs.
use auth_runtime::{AuthRouter, authenticated, routing::get};
use ui_tests::App;

#[authenticated(auth_runtime::Claims, requires = ui_tests::OrdersWrite)]
async fn list() {}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
