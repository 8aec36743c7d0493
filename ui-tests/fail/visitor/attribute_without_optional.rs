// The attribute says that callers are recognised, because a reviewer reads it and not the parameters.
use auth_runtime::{Claims, Visitor, public};

#[public(reason = "articles are for everyone")]
async fn article(_visitor: Visitor<Claims>) {}

fn main() {}
