// A public handler cannot take the proof, because its clients have no token.
use auth_runtime::opt_out::NoReason;
use auth_runtime::{Setup, public};

#[public(reason = "creates the first administrator")]
async fn first(_setup: Setup<NoReason>) {}

fn main() {}
