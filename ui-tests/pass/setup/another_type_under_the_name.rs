// Fixes the mistake in fail/setup/another_type_under_the_name.rs.
use auth_runtime::{Rejection, Setup, setup};

#[setup(reason = "the first user")]
async fn first(setup: Setup) -> Result<(), Rejection> {
    let _closed = setup.close().await?;
    Ok(())
}

pub(crate) fn main() {}
