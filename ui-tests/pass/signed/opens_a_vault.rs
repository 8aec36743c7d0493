// Fixes the mistake in fail/signed/opens_a_vault.rs.
use auth_runtime::{Signed, signature, signed};
use auth_runtime::signatures::Scheme;
use auth_runtime::{Claims, Vault};
use axum::extract::State;
use ui_tests::Pool;

signature!(GitHub for Pool = Scheme::github());

#[signed(GitHub)]
async fn hook(event: Signed<GitHub>, State(pool): State<Vault<Pool, Claims>>) -> String {
    pool.open(&event).rows().to_string()
}

pub(crate) fn main() {}
