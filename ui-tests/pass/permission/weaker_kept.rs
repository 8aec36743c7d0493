// The twin of fail/permission/weaker_kept.rs, with the one thing mended.
use auth_runtime::{Authenticated, Claims, permissions::WeakenedProof};
use ui_tests::{OrdersRefund, OrdersWrite};

fn keep(auth: &Authenticated<Claims, (OrdersWrite, OrdersRefund)>) -> WeakenedProof<'_, Claims, OrdersWrite> {
    auth.weaken()
}

pub(crate) fn main() {}
