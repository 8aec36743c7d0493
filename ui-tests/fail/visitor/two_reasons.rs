// The reason stands in one place, where a reviewer finds it.
use auth_runtime::{Claims, Visitor, opt_out::NoReason, public};

#[public(reason = "articles are for everyone", optional = Claims)]
async fn article(_visitor: Visitor<Claims, NoReason>) {}

fn main() {}
