// The twin of fail/vault/own_key.rs, with the one thing mended.
fn open(_: auth_runtime::Authenticated<()>) {}

pub(crate) fn main() {}
