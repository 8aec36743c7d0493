// Fixes the mistake in fail/vault/own_key.rs.
fn open(_: auth_runtime::Authenticated<()>) {}

pub(crate) fn main() {}
