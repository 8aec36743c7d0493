// The attribute says that callers are recognised, because a reviewer reads the attribute.
use auth_runtime::{Claims, Visitor, public};

#[public(reason = "articles are for everyone")]
async fn article(_visitor: Visitor<Claims>) {}

fn main() {}
