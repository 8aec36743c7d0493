// `Public<..>` recognises no caller.
use auth_runtime::{Claims, Public, opt_out::NoReason, public};

#[public(optional = Claims)]
async fn article(_caller: Public<NoReason>) {}

fn main() {}
