// Fixes the mistake in fail/vault/capability_for_another_resource.rs.
use auth_runtime::{Claims, Public, Vault, capability, public};
use axum::extract::State;

struct Accounts;

capability!(Login for Accounts = "checks a password before there is a token");

#[public]
async fn login(caller: Public<Login>, State(accounts): State<Vault<Accounts, Claims>>) {
    let _: &Accounts = accounts.open(&caller);
}

pub(crate) fn main() {}
