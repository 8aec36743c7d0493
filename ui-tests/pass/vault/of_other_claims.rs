// Fixes the mistake in fail/vault/of_other_claims.rs.
use auth_runtime::{Authenticated, Claims, Vault};
use ui_tests::Pool;

async fn list(auth: Authenticated<Claims>, pool: Vault<Pool, Claims>) -> u64 {
    pool.open(&auth).rows()
}

pub(crate) fn main() {}
