// Fixes the mistake in fail/attribute/number.rs.
use auth_runtime::authenticated;

#[authenticated]
async fn show(axum::extract::Path(id): axum::extract::Path<u64>) -> String {
    id.to_string()
}

pub(crate) fn main() {}
