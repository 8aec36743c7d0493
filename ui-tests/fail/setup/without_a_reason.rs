// P1: a reviewer must learn what the set-up is for.
use auth_runtime::{Rejection, Setup, setup};

#[setup]
async fn first(setup: Setup) -> Result<(), Rejection> {
    let _closed = setup.close().await?;
    Ok(())
}

fn main() {}
