// The twin of fail/visitor/attribute_without_optional.rs, with the one thing mended.
use auth_runtime::{Claims, Visitor, public};

#[public(reason = "articles are for everyone", optional = Claims)]
async fn article(_visitor: Visitor<Claims>) {}

pub(crate) fn main() {}
