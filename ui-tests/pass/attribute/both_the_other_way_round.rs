// Fixes the mistake in fail/attribute/both_the_other_way_round.rs.
use auth_runtime::public;

#[public(reason = "load balancer probe")]
async fn list() {}

pub(crate) fn main() {}
