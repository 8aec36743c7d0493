// The twin of fail/attribute/borrowed_inside.rs, with the one thing mended.
use auth_runtime::authenticated;

#[authenticated]
async fn show(axum::extract::Path(id): axum::extract::Path<String>) {
    let _ = id;
}

pub(crate) fn main() {}
