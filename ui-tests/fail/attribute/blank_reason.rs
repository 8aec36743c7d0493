// A blank reason gives none.
use auth_runtime::public;

#[public(reason = "  ")]
async fn list() {}

fn main() {}
