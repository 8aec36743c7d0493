// A reason must contain words: a dot states no reason.
use auth_runtime::public;

#[public(reason = ".")]
async fn list() {}

fn main() {}
