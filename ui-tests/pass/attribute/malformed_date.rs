// The twin of fail/attribute/malformed_date.rs, with the one thing mended.
use auth_runtime::public;

#[public(reason = "partner launch", expires = "2027-01-31")]
async fn list() {}

pub(crate) fn main() {}
