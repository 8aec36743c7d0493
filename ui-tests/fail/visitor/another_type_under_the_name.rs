// A type of one's own that is called `Visitor<..>` recognises no caller.
use auth_runtime::{Claims, public};

struct Visitor<C>(C);

#[public(reason = "articles are for everyone", optional = Claims)]
async fn article(_visitor: Visitor<Claims>) {}

fn main() {}
