// The twin of fail/visitor/optional_without_a_value.rs, with the one thing mended.
use auth_runtime::{Claims, public};

#[public(reason = "articles are for everyone", optional = Claims)]
async fn article() {}

pub(crate) fn main() {}
