// A service without users has no authenticated caller.
use auth_runtime::{Authenticated, Claims, Rejection, Setup, setup};

#[setup(reason = "creates the first administrator")]
async fn first(setup: Setup, _auth: Authenticated<Claims>) -> Result<(), Rejection> {
    let _closed = setup.close().await?;
    Ok(())
}

fn main() {}
