// Fixes the mistake in fail/attribute/impl_trait_parameter.rs.
use auth_runtime::authenticated;

#[authenticated]
async fn create(item: String) {}

pub(crate) fn main() {}
