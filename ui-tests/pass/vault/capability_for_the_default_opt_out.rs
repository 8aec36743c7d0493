// The twin of fail/vault/capability_for_the_default_opt_out.rs, with the one thing mended.
use auth_runtime::capability;
use ui_tests::Pool;

capability!(Login for Pool = "checks a password before there is a token");

pub(crate) fn main() {}
