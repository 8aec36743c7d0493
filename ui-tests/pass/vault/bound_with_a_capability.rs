// Fixes the mistake in fail/vault/bound_with_a_capability.rs.
use auth_runtime::{Claims, Public, Vault, capability, public};
use axum::extract::State;
use ui_tests::Pool;

capability!(Login for Pool = "checks a password before there is a token");

#[public]
async fn login(caller: Public<Login>, State(pool): State<Vault<Pool, Claims>>) {
    let _: &Pool = pool.open(&caller);
}

pub(crate) fn main() {}
