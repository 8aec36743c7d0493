// The twin of fail/attribute/reason_of_an_authenticated_handler.rs, with the one thing mended.
use auth_runtime::authenticated;

#[authenticated]
async fn list() {}

pub(crate) fn main() {}
