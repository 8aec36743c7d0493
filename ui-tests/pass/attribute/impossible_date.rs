// Fixes the mistake in fail/attribute/impossible_date.rs.
use auth_runtime::public;

#[public(reason = "partner launch", expires = "2027-02-28")]
async fn list() {}

pub(crate) fn main() {}
