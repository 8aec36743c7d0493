// Fixes the mistake in fail/vault/capability_for_the_default_opt_out.rs.
use auth_runtime::capability;
use ui_tests::Pool;

capability!(Login for Pool = "checks a password before there is a token");

pub(crate) fn main() {}
