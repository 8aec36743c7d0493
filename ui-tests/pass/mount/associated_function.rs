// Fixes the mistake in fail/mount/associated_function.rs.
use auth_runtime::{AuthRouter, authenticated, routing::get};
use ui_tests::App;

struct Orders;

impl Orders {
    #[authenticated]
    async fn list() -> &'static str {
        "orders"
    }
}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/", get(Orders::list));
}
