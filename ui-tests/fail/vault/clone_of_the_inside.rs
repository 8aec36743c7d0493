// A clone of a vault is a vault, not its resource.
use auth_runtime::{Claims, Vault};
use ui_tests::Pool;

async fn keep(pool: Vault<Pool, Claims>) -> Pool {
    pool.clone()
}

fn main() {}
