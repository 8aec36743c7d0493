// A vault opens only with a proof.
use auth_runtime::{Claims, Vault};
use ui_tests::Pool;

async fn list(pool: Vault<Pool, Claims>) -> u64 {
    pool.open().rows()
}

fn main() {}
