// An opened vault borrows the proof and cannot outlive it.
use auth_runtime::{Authenticated, Claims, Vault};
use ui_tests::Pool;

fn keep(auth: Authenticated<Claims>, pool: &'static Vault<Pool, Claims>) -> &'static Pool {
    pool.open(&auth)
}

fn main() {}
