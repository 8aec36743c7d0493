// A vault has no public field that would bypass the proof.
use auth_runtime::{Claims, Vault};
use ui_tests::Pool;

async fn list(pool: Vault<Pool, Claims>) -> u64 {
    pool.resource.rows()
}

fn main() {}
