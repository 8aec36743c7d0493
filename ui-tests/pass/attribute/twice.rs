// The twin of fail/attribute/twice.rs, with the one thing mended.
use auth_runtime::authenticated;

#[authenticated]
async fn list() {}

pub(crate) fn main() {}
