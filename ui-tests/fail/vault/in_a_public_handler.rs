// A public handler opens no vault: whoever calls it is not known. INC-13.
use auth_runtime::{Claims, Public, Vault, public, opt_out::NoReason};
use axum::extract::State;
use ui_tests::Pool;

#[public]
async fn count(caller: Public<NoReason>, State(pool): State<Vault<Pool, Claims>>) -> String {
    pool.open(&caller).rows().to_string()
}

fn main() {}
