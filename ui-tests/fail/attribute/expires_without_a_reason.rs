// An opt-out that expires still needs a reason.
use auth_runtime::public;

#[public(expires = "2027-01-31")]
async fn list() {}

fn main() {}
