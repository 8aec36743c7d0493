// A handler owns what its extractors return, so their types must not borrow.
use auth_runtime::authenticated;

#[authenticated]
async fn show(axum::extract::Path(id): axum::extract::Path<&str>) {
    let _ = id;
}

fn main() {}
