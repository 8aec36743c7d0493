// The twin of fail/proof/verified_literal.rs, with the one thing mended.
use auth_runtime::Claims;

fn named(_: &auth_runtime::__macro::Verified<Claims>) {}

fn main() {}
