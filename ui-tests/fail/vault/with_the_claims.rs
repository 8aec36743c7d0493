// Claims are data and do not open a vault.
use auth_runtime::{Authenticated, Claims, Vault};
use ui_tests::Pool;

async fn list(auth: Authenticated<Claims>, pool: Vault<Pool, Claims>) -> u64 {
    let claims: &Claims = &auth;
    pool.open(claims).rows()
}

fn main() {}
