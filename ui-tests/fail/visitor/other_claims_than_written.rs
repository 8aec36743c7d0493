// The attribute and the parameter must not recognise different callers.
use auth_runtime::{Claims, Visitor, public};

struct Member;

#[public(reason = "articles are for everyone", optional = Member)]
async fn article(_visitor: Visitor<Claims>) {}

fn main() {}
