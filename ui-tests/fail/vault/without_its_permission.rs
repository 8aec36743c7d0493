// A vault that requires a permission does not open for every known caller.
use auth_runtime::{Authenticated, Claims, Vault};
use ui_tests::Pool;

use ui_tests::OrdersWrite;

async fn clear(auth: Authenticated<Claims>, pool: Vault<Pool, Claims, OrdersWrite>) -> u64 {
    pool.open(&auth).rows()
}

fn main() {}
