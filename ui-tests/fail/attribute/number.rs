// A plain number is not an extractor: the handler must say where the number comes from.
use auth_runtime::authenticated;

#[authenticated]
async fn show(id: u64) -> String {
    id.to_string()
}

fn main() {}
