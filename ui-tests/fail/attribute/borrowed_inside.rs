// What an extractor gives belongs to the handler.
use auth_runtime::authenticated;

#[authenticated]
async fn show(axum::extract::Path(id): axum::extract::Path<&str>) {
    let _ = id;
}

fn main() {}
