// Fixes the mistake in fail/proof/missing_return.rs.
use auth_runtime::{Authenticated, Claims};

use auth_runtime::{Rejection, Verifier};

fn query(_: &Authenticated<Claims>) {}

async fn handle(verifier: Verifier<Claims>, token: &str) -> Result<(), Rejection> {
    let auth: Authenticated<Claims> = verifier.verify(token).await?;
    query(&auth);
    Ok(())
}

pub(crate) fn main() {}
