// P1: one handler, one decision.
use auth_runtime::{Rejection, Setup, setup};

#[setup(reason = "creates the first administrator")]
#[auth_runtime::public(reason = "creates the first administrator")]
async fn first(setup: Setup) -> Result<(), Rejection> {
    let _closed = setup.close().await?;
    Ok(())
}

fn main() {}
