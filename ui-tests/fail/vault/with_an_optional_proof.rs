// Perhaps a proof is no proof.
use auth_runtime::{Authenticated, Claims, Vault};
use ui_tests::Pool;

async fn list(auth: Option<Authenticated<Claims>>, pool: Vault<Pool, Claims>) -> u64 {
    pool.open(&auth).rows()
}

fn main() {}
