// Fixes the mistake in fail/proof/capability_made_by_hand.rs.
use auth_runtime::{Public, capability};
use ui_tests::Pool;

capability!(Login for Pool = "checks a password before there is a token");

async fn made(_: Public<Login>) {}

pub(crate) fn main() {}
