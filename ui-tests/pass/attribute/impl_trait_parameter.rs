// The twin of fail/attribute/impl_trait_parameter.rs, with the one thing mended.
use auth_runtime::authenticated;

#[authenticated]
async fn create(item: String) {}

pub(crate) fn main() {}
