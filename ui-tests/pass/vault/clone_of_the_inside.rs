// Fixes the mistake in fail/vault/clone_of_the_inside.rs.
use auth_runtime::{Claims, Vault};
use ui_tests::Pool;

async fn keep(pool: Vault<Pool, Claims>) -> Vault<Pool, Claims> {
    pool.clone()
}

pub(crate) fn main() {}
