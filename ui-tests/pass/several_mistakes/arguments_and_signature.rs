// Fixes the mistakes in fail/several_mistakes/arguments_and_signature.rs.
use auth_runtime::authenticated;
use axum::extract::Path;
use ui_tests::OrdersWrite;

struct Claims;

#[authenticated(Claims, requires = OrdersWrite)]
async fn list(_limit: Path<u32>) {}

pub(crate) fn main() {}
