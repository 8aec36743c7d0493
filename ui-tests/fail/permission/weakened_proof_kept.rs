// A weakened proof borrows the stronger one and cannot outlive it.
use auth_runtime::{Authenticated, Claims};
use ui_tests::{OrdersRefund, OrdersWrite};

fn keep(auth: &Authenticated<Claims, (OrdersWrite, OrdersRefund)>) -> Authenticated<Claims, OrdersWrite> {
    *auth.weaken()
}

fn main() {}
