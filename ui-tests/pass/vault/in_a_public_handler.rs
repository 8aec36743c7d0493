// Fixes the mistake in fail/vault/in_a_public_handler.rs.
use auth_runtime::{Claims, Public, Vault, capability, public};
use axum::extract::State;
use ui_tests::Pool;

capability!(Count for Pool = "how many orders there are is public data");

#[public]
async fn count(caller: Public<Count>, State(pool): State<Vault<Pool, Claims>>) -> String {
    pool.open(&caller).rows().to_string()
}

pub(crate) fn main() {}
