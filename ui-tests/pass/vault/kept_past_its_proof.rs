// Fixes the mistake in fail/vault/kept_past_its_proof.rs.
use auth_runtime::{Authenticated, Claims, Vault};
use ui_tests::Pool;

fn keep<'a>(auth: &'a Authenticated<Claims>, pool: &'static Vault<Pool, Claims>) -> &'a Pool {
    pool.open(auth)
}

pub(crate) fn main() {}
