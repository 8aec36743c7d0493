// A tuple with `()` in it inside of `AnyOf`, under another name.
use auth_runtime::{AnyOf, Authenticated, Claims, Rejection};
use ui_tests::{OrdersRefund, OrdersWrite};

type Nothing = ();
type Writes = AnyOf<((OrdersWrite, Nothing), OrdersRefund)>;

fn create(auth: Authenticated<Claims>) -> Result<(), Rejection> {
    auth.require::<Writes>().map(drop)
}

fn main() {
    let _ = create;
}
