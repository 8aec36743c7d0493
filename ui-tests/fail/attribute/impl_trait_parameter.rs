// An extractor needs a named type, so `impl Trait` is rejected.
use auth_runtime::authenticated;

#[authenticated]
async fn create(item: impl ToString) {}

fn main() {}
