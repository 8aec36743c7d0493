// The twin of fail/proof/mint.rs, with the one thing mended.
use auth_runtime::{Authenticated, Claims};

async fn made(verifier: auth_runtime::Verifier<Claims>, token: &str) {
    let _: Result<Authenticated<Claims>, _> = verifier.verify(token).await;
}

pub(crate) fn main() {}
