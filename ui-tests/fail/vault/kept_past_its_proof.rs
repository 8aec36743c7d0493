// What was opened is borrowed from the proof, and ends with it.
use auth_runtime::{Authenticated, Claims, Vault};
use ui_tests::Pool;

fn keep(auth: Authenticated<Claims>, pool: &'static Vault<Pool, Claims>) -> &'static Pool {
    pool.open(&auth)
}

fn main() {}
