// The twin of fail/attribute/decision_that_depends_on_a_cfg.rs, with the one thing mended.
use auth_runtime::authenticated;

#[authenticated]
async fn list() {}

pub(crate) fn main() {}
