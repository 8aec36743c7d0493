// The twin of fail/visitor/opens_a_vault.rs, with the one thing mended.
use auth_runtime::{Claims, Vault, Visitor};
use ui_tests::Pool;

fn article(visitor: &Visitor<Claims>, pool: &Vault<Pool, Claims>) -> u64 {
    visitor.caller().map_or(0, |caller| pool.open(caller).rows())
}

pub(crate) fn main() {
    let _ = article;
}
