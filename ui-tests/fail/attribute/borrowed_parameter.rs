// A handler owns what it is given.
use auth_runtime::authenticated;

#[authenticated]
async fn create(item: &str) {}

fn main() {}
