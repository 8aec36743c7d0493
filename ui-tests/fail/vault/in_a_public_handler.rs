// A public handler cannot open a vault, because its caller is unknown. INC-13.
use auth_runtime::{Claims, Public, Vault, public, opt_out::NoReason};
use axum::extract::State;
use ui_tests::Pool;

#[public]
async fn count(caller: Public<NoReason>, State(pool): State<Vault<Pool, Claims>>) -> String {
    pool.open(&caller).rows().to_string()
}

fn main() {}
