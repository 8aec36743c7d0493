// Fixes the mistake in fail/setup/under_public.rs.
use auth_runtime::{Rejection, Setup, setup};

#[setup(reason = "creates the first administrator")]
async fn first(setup: Setup) -> Result<(), Rejection> {
    let _closed = setup.close().await?;
    Ok(())
}

pub(crate) fn main() {}
