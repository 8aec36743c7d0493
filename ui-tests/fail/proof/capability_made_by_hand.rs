// Only the gate makes a `Public`: no other crate can make the argument of `prove`.
use auth_runtime::{Proof, Public, capability};
use http::request::Parts;
use ui_tests::Pool;

capability!(Login for Pool = "checks a password before there is a token");

async fn made(parts: &mut Parts) {
    let _ = <Public<Login> as Proof<()>>::prove(parts, &()).await;
}

fn main() {}
