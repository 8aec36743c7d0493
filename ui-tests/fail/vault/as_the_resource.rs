// A vault does not dereference to its resource.
use auth_runtime::{Authenticated, Claims, Vault};
use ui_tests::Pool;

async fn list(_auth: Authenticated<Claims>, pool: Vault<Pool, Claims>) -> u64 {
    pool.rows()
}

fn main() {}
