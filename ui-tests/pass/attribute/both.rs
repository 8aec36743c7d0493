// Fixes the mistake in fail/attribute/both.rs.
use auth_runtime::authenticated;

#[authenticated]
async fn list() {}

pub(crate) fn main() {}
