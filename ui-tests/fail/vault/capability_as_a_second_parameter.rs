// A capability must be the first parameter, where the posture lists it. As a later parameter it
// would open a vault unlisted.
use auth_runtime::{AuthRouter, Claims, Public, Vault, capability, public, routing::get};
use axum::extract::State;
use ui_tests::Pool;

capability!(Login for Pool = "checks a password before there is a token");

#[public(reason = "load balancer probe")]
async fn health(State(pool): State<Vault<Pool, Claims>>, login: Public<Login>) -> String {
    pool.open(&login).rows().to_string()
}

fn app() -> AuthRouter<Vault<Pool, Claims>> {
    AuthRouter::new().route("/health", get(health))
}

fn main() {}
