// P9: a reviewer must be able to read the reason.
use auth_runtime::{Rejection, Setup, setup};

#[setup(reason = " ")]
async fn first(setup: Setup) -> Result<(), Rejection> {
    let _closed = setup.close().await?;
    Ok(())
}

fn main() {}
