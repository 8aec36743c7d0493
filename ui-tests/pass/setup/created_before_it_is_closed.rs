// Fixes the mistake in fail/setup/created_before_it_is_closed.rs.
use auth_runtime::setup::SetupClosed;
use auth_runtime::{Rejection, Setup};

async fn create_administrator<R>(_: SetupClosed<R>) {}

async fn first(setup: Setup) -> Result<(), Rejection> {
    create_administrator(setup.close().await?).await;
    Ok(())
}

pub(crate) fn main() {}
