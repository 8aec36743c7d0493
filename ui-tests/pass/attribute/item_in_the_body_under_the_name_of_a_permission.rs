// Fixes the mistake in fail/attribute/item_in_the_body_under_the_name_of_a_permission.rs.
use auth_runtime::{Authenticated, Claims, authenticated};
use ui_tests::OrdersWrite;

type Nothing = ();

#[authenticated(requires = Nothing)]
async fn create(_auth: Authenticated<Claims>) {
    use ui_tests::OrdersWrite as Nothing;
    let _ = std::any::type_name::<Nothing>();
}

#[authenticated(requires = OrdersWrite)]
async fn refund(_auth: Authenticated<Claims, OrdersWrite>) {
    use ui_tests::OrdersWrite as Nothing;
    let _ = std::any::type_name::<Nothing>();
}

pub(crate) fn main() {}
