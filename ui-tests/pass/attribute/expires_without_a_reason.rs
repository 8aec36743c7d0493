// Fixes the mistake in fail/attribute/expires_without_a_reason.rs.
use auth_runtime::public;

#[public(reason = "partner launch", expires = "2027-01-31")]
async fn list() {}

pub(crate) fn main() {}
