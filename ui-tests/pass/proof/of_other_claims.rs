// The twin of fail/proof/of_other_claims.rs, with the one thing mended.
use auth_runtime::Authenticated;

struct NodeClaims;

fn replicate(_: &Authenticated<NodeClaims>) {}

fn handle(auth: &Authenticated<NodeClaims>) {
    replicate(auth);
}

pub(crate) fn main() {}
