// A capability opens one resource only. INC-45.
use auth_runtime::{Claims, Public, Vault, capability, public};
use axum::extract::State;
use ui_tests::Pool;

struct Accounts;

capability!(Login for Accounts = "checks a password before there is a token");

#[public]
async fn login(caller: Public<Login>, State(pool): State<Vault<Pool, Claims>>) -> String {
    pool.open(&caller).rows().to_string()
}

fn main() {}
