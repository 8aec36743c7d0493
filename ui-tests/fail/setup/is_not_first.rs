// P4: nothing is extracted before the token is checked.
use auth_runtime::{Rejection, Setup, setup};

#[setup(reason = "creates the first administrator")]
async fn first(_name: String, setup: Setup) -> Result<(), Rejection> {
    let _closed = setup.close().await?;
    Ok(())
}

fn main() {}
