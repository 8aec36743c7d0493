// Only the holder of the token may call the handler.
use auth_runtime::opt_out::NoReason;
use auth_runtime::{Public, Rejection, Setup, setup};

#[setup(reason = "creates the first administrator")]
async fn first(setup: Setup, _public: Public<NoReason>) -> Result<(), Rejection> {
    let _closed = setup.close().await?;
    Ok(())
}

fn main() {}
