// A decision is made once.
use auth_runtime::authenticated;

#[authenticated]
#[authenticated]
async fn list() {}

fn main() {}
