// An extractor has a type.
use auth_runtime::authenticated;

#[authenticated]
async fn create(item: impl ToString) {}

fn main() {}
