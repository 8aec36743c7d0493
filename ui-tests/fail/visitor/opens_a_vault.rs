// The visitor may be a guest, so it opens no vault. Its caller does.
use auth_runtime::{Claims, Vault, Visitor};
use ui_tests::Pool;

fn article(visitor: &Visitor<Claims>, pool: &Vault<Pool, Claims>) -> u64 {
    pool.open(visitor).rows()
}

fn main() {
    let _ = article;
}
