// The twin of fail/attribute/expires_without_a_reason.rs, with the one thing mended.
use auth_runtime::public;

#[public(reason = "partner launch", expires = "2027-01-31")]
async fn list() {}

pub(crate) fn main() {}
