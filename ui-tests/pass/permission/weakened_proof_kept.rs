// Fixes the mistake in fail/permission/weakened_proof_kept.rs.
use auth_runtime::{Authenticated, Claims, permissions::WeakenedProof};
use ui_tests::{OrdersRefund, OrdersWrite};

fn keep(auth: &Authenticated<Claims, (OrdersWrite, OrdersRefund)>) -> WeakenedProof<'_, Claims, OrdersWrite> {
    auth.weaken()
}

pub(crate) fn main() {}
