// The fix: the alternatives only.
use auth_runtime::{AnyOf, Authenticated, Claims, Rejection};
use ui_tests::{OrdersRefund, OrdersWrite};

type Writes = AnyOf<(OrdersWrite, OrdersRefund)>;

fn create(auth: Authenticated<Claims>) -> Result<(), Rejection> {
    auth.require::<Writes>().map(drop)
}

fn main() {
    let _ = create;
}
