// A tuple that contains `()` requires nothing inside `AnyOf`, also through a type alias.
use auth_runtime::{AnyOf, AuthRouter, Authenticated, Claims, routing::get};
use ui_tests::{App, OrdersRefund, OrdersWrite};

type Nothing = ();
type Writes = AnyOf<((OrdersWrite, Nothing), OrdersRefund)>;

async fn create(_: Authenticated<Claims, Writes>) {}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(create));
}
