// Fixes the mistake in fail/vault/without_its_permission.rs.
use auth_runtime::{Authenticated, Claims, Vault};
use ui_tests::Pool;

use ui_tests::OrdersWrite;

async fn clear(auth: Authenticated<Claims, OrdersWrite>, pool: Vault<Pool, Claims, OrdersWrite>) -> u64 {
    pool.open(&auth).rows()
}

pub(crate) fn main() {}
