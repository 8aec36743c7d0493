// Fixes the mistake in fail/vault/capability_as_a_second_parameter.rs.
use auth_runtime::{AuthRouter, Claims, Public, Vault, capability, public, routing::get};
use axum::extract::State;
use ui_tests::Pool;

capability!(Login for Pool = "checks a password before there is a token");

#[public]
async fn health(login: Public<Login>, State(pool): State<Vault<Pool, Claims>>) -> String {
    pool.open(&login).rows().to_string()
}

fn app() -> AuthRouter<Vault<Pool, Claims>> {
    AuthRouter::new().route("/health", get(health))
}

pub(crate) fn main() {}
