// A date must be written as YYYY-MM-DD.
use auth_runtime::public;

#[public(reason = "partner launch", expires = "31.1.2027")]
async fn list() {}

fn main() {}
