// A handler for authenticated callers has no guests.
use auth_runtime::{Claims, Visitor, authenticated};

#[authenticated]
async fn article(_visitor: Visitor<Claims>) {}

fn main() {}
