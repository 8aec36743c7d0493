// A signed handler is not public.
use auth_runtime::{Public, opt_out::NoReason, signature, signed};
use auth_runtime::signatures::Scheme;

signature!(GitHub = Scheme::github());

#[signed(GitHub)]
async fn hook(_anyone: Public<NoReason>) {}

fn main() {}
