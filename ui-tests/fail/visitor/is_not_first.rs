// P4: nothing is extracted before a bad token is rejected.
use auth_runtime::{Claims, Visitor, public};
use axum::extract::Path;

#[public(reason = "articles are for everyone", optional = Claims)]
async fn article(Path(_id): Path<u64>, _visitor: Visitor<Claims>) {}

fn main() {}
