// What ends some day began for a reason.
use auth_runtime::public;

#[public(expires = "2027-01-31")]
async fn list() {}

fn main() {}
