// Fixes the mistake in fail/proof/verified.rs.
use auth_runtime::Claims;

fn named(_: &auth_runtime::Authenticated<Claims>) {}

pub(crate) fn main() {}
