// The names in the attribute are resolved outside the handler, not in its body.
use auth_runtime::{Authenticated, Claims, authenticated};
use ui_tests::OrdersWrite;

type Nothing = ();

#[authenticated(requires = Nothing)]
async fn create(_auth: Authenticated<Claims>) {
    use ui_tests::OrdersWrite as Nothing;
    let _ = std::any::type_name::<Nothing>();
}

#[authenticated(requires = OrdersWrite)]
async fn refund(_auth: Authenticated<Claims, Nothing>) {
    use ui_tests::OrdersWrite as Nothing;
    let _ = std::any::type_name::<Nothing>();
}

fn main() {}
