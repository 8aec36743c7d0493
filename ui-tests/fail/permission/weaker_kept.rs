// A weakened proof is lent; the stronger one stays where it is.
use auth_runtime::{Authenticated, Claims};
use ui_tests::{OrdersRefund, OrdersWrite};

fn keep(auth: &Authenticated<Claims, (OrdersWrite, OrdersRefund)>) -> Authenticated<Claims, OrdersWrite> {
    *auth.weaken()
}

fn main() {}
