// The twin of fail/visitor/is_not_first.rs, with the one thing mended.
use auth_runtime::{Claims, Visitor, public};
use axum::extract::Path;

#[public(reason = "articles are for everyone", optional = Claims)]
async fn article(_visitor: Visitor<Claims>, Path(_id): Path<u64>) {}

pub(crate) fn main() {}
