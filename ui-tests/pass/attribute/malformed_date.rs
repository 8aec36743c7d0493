// Fixes the mistake in fail/attribute/malformed_date.rs.
use auth_runtime::public;

#[public(reason = "partner launch", expires = "2027-01-31")]
async fn list() {}

pub(crate) fn main() {}
