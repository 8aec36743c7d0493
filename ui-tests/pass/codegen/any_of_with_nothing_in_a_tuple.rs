// The fix: the alternatives only.
use auth_runtime::{AnyOf, AuthRouter, Authenticated, Claims, routing::get};
use ui_tests::{App, OrdersRefund, OrdersWrite};

type Writes = AnyOf<(OrdersWrite, OrdersRefund)>;

async fn create(_: Authenticated<Claims, Writes>) {}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(create));
}
