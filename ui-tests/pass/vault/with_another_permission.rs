// Fixes the mistake in fail/vault/with_another_permission.rs.
use auth_runtime::{Authenticated, Claims, Vault};
use ui_tests::Pool;

use ui_tests::{OrdersRefund, OrdersWrite};

async fn clear(auth: Authenticated<Claims, (OrdersRefund, OrdersWrite)>, pool: Vault<Pool, Claims, OrdersWrite>) -> u64 {
    pool.open(&auth).rows()
}

pub(crate) fn main() {}
