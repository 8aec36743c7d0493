// Fixes the mistake in fail/attribute/twice.rs.
use auth_runtime::authenticated;

#[authenticated]
async fn list() {}

pub(crate) fn main() {}
