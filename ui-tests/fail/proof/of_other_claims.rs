// A proof for one claims type is not a proof for another. INC-33, INC-55.
use auth_runtime::{Authenticated, Claims};

struct NodeClaims;

fn replicate(_: &Authenticated<NodeClaims>) {}

fn handle(auth: &Authenticated<Claims>) {
    replicate(auth);
}

fn main() {}
