// P3: an optional proof is not a proof, because the handler would run without the token.
use auth_runtime::{Setup, setup};

#[setup(reason = "creates the first administrator")]
async fn first(_setup: Option<Setup>) {}

fn main() {}
