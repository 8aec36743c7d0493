// Fixes the mistake in fail/attribute/not_async.rs.
use auth_runtime::authenticated;

#[authenticated]
async fn list() {}

pub(crate) fn main() {}
