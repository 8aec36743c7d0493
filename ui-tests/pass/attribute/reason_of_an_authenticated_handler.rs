// Fixes the mistake in fail/attribute/reason_of_an_authenticated_handler.rs.
use auth_runtime::authenticated;

#[authenticated]
async fn list() {}

pub(crate) fn main() {}
