// Fixes the mistake in fail/attribute/borrowed_inside.rs.
use auth_runtime::authenticated;

#[authenticated]
async fn show(axum::extract::Path(id): axum::extract::Path<String>) {
    let _ = id;
}

pub(crate) fn main() {}
