// The twin of fail/proof/verified.rs, with the one thing mended.
use auth_runtime::Claims;

fn named(_: &auth_runtime::Authenticated<Claims>) {}

pub(crate) fn main() {}
