// P2: closing consumes the proof, so that one request creates one administrator.
use auth_runtime::{Rejection, Setup};

async fn first(setup: Setup) -> Result<(), Rejection> {
    let _closed = setup.close().await?;
    let _again = setup.close().await?;
    Ok(())
}

fn main() {}
