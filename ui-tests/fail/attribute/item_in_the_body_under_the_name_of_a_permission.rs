// What the attribute states is looked up where the handler stands, not inside of it.
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
