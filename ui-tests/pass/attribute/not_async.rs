// The twin of fail/attribute/not_async.rs, with the one thing mended.
use auth_runtime::authenticated;

#[authenticated]
async fn list() {}

pub(crate) fn main() {}
