// A blank reason is rejected: a reviewer learns nothing from it.
use auth_runtime::public;

#[public(reason = "  ")]
async fn list() {}

fn main() {}
