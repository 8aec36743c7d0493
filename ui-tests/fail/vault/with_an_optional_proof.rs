// An optional proof does not open a vault.
use auth_runtime::{Authenticated, Claims, Vault};
use ui_tests::Pool;

async fn list(auth: Option<Authenticated<Claims>>, pool: Vault<Pool, Claims>) -> u64 {
    pool.open(&auth).rows()
}

fn main() {}
