// Fixes the mistake in fail/setup/closed_twice.rs.
use auth_runtime::{Rejection, Setup};

async fn first(setup: Setup) -> Result<(), Rejection> {
    let _closed = setup.close().await?;
    Ok(())
}

pub(crate) fn main() {}
