// A number has to be said where it is.
use auth_runtime::authenticated;

#[authenticated]
async fn show(id: u64) -> String {
    id.to_string()
}

fn main() {}
