// Fixes the mistake in fail/proof/mint.rs.
use auth_runtime::{Authenticated, Claims};

async fn made(verifier: auth_runtime::Verifier<Claims>, token: &str) {
    let _: Result<Authenticated<Claims>, _> = verifier.verify(token).await;
}

pub(crate) fn main() {}
