// Fixes the mistake in fail/setup/is_not_first.rs.
use auth_runtime::{Rejection, Setup, setup};

#[setup(reason = "creates the first administrator")]
async fn first(setup: Setup, _name: String) -> Result<(), Rejection> {
    let _closed = setup.close().await?;
    Ok(())
}

pub(crate) fn main() {}
