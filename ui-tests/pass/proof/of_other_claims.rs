// Fixes the mistake in fail/proof/of_other_claims.rs.
use auth_runtime::Authenticated;

struct NodeClaims;

fn replicate(_: &Authenticated<NodeClaims>) {}

fn handle(auth: &Authenticated<NodeClaims>) {
    replicate(auth);
}

pub(crate) fn main() {}
