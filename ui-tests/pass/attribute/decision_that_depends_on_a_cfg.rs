// Fixes the mistake in fail/attribute/decision_that_depends_on_a_cfg.rs.
use auth_runtime::authenticated;

#[authenticated]
async fn list() {}

pub(crate) fn main() {}
