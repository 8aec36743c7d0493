// A date must exist in the calendar.
use auth_runtime::public;

#[public(reason = "partner launch", expires = "2027-02-30")]
async fn list() {}

fn main() {}
