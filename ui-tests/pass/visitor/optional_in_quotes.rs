// The twin of fail/visitor/optional_in_quotes.rs, with the one thing mended.
use auth_runtime::{Claims, public};

#[public(reason = "articles are for everyone", optional = Claims)]
async fn article() {}

pub(crate) fn main() {}
