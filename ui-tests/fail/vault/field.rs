// There is no field to reach around the proof.
use auth_runtime::{Claims, Vault};
use ui_tests::Pool;

async fn list(pool: Vault<Pool, Claims>) -> u64 {
    pool.resource.rows()
}

fn main() {}
