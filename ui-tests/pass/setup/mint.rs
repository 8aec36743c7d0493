// Fixes the mistake in fail/setup/mint.rs.
use auth_runtime::opt_out::NoReason;
use auth_runtime::setup::SetupClosed;
use auth_runtime::{Rejection, Setup};

async fn closed(setup: Setup) -> Result<SetupClosed<NoReason>, Rejection> {
    setup.close().await
}

pub(crate) fn main() {}
