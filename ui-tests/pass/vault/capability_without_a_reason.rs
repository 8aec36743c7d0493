// Fixes the mistake in fail/vault/capability_without_a_reason.rs.
use auth_runtime::capability;
use ui_tests::Pool;

capability!(Login for Pool = "checks a password before there is a token");

pub(crate) fn main() {}
