// Only the gate makes the opt-out of a public handler: what it passes to `prove` cannot be made anywhere else.
use auth_runtime::{Proof, Public, capability};
use http::request::Parts;
use ui_tests::Pool;

capability!(Login for Pool = "checks a password before there is a token");

async fn made(parts: &mut Parts) {
    let _ = <Public<Login> as Proof<()>>::prove(parts, &()).await;
}

fn main() {}
