// The twin of fail/visitor/public_with_optional.rs, with the one thing mended.
use auth_runtime::{Claims, Visitor, public};

#[public(optional = Claims)]
async fn article(_visitor: Visitor<Claims>) {}

pub(crate) fn main() {}
