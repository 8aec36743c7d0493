// The posture shows one reason, so a second one would mislead.
use auth_runtime::opt_out::NoReason;
use auth_runtime::{Rejection, Setup, setup};

#[setup(reason = "creates the first administrator")]
async fn first(setup: Setup<NoReason>) -> Result<(), Rejection> {
    let _closed = setup.close().await?;
    Ok(())
}

fn main() {}
