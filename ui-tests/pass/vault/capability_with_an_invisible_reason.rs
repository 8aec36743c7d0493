// Fixes the mistake in fail/vault/capability_with_an_invisible_reason.rs.
use auth_runtime::capability;
use ui_tests::Pool;

capability!(Login for Pool = "checks a password before there is a token");

pub(crate) fn main() {}
