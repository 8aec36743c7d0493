// A vault does not open with a proof of another permission.
use auth_runtime::{Authenticated, Claims, Vault};
use ui_tests::Pool;

use ui_tests::{OrdersRefund, OrdersWrite};

async fn clear(auth: Authenticated<Claims, OrdersRefund>, pool: Vault<Pool, Claims, OrdersWrite>) -> u64 {
    pool.open(&auth).rows()
}

fn main() {}
