// A handler makes one decision: the service has no user yet who could be authenticated.
use auth_runtime::opt_out::NoReason;
use auth_runtime::{Setup, authenticated};

#[authenticated]
async fn first(_setup: Setup<NoReason>) {}

fn main() {}
