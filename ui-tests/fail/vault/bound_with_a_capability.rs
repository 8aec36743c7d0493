// A vault that is bound to a verifier opens only with proofs of that verifier.
use auth_runtime::{Claims, Public, Rejection, capability, public, vault::BoundVault};
use axum::extract::State;
use ui_tests::Pool;

capability!(Login for Pool = "checks a password before there is a token");

#[public]
async fn login(caller: Public<Login>, State(pool): State<BoundVault<Pool, Claims>>) -> Result<(), Rejection> {
    pool.open(&caller).map(drop)
}

fn main() {}
