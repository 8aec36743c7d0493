// A proof of one kind of caller is none of another. INC-33, INC-55.
use auth_runtime::{Authenticated, Claims};

struct NodeClaims;

fn replicate(_: &Authenticated<NodeClaims>) {}

fn handle(auth: &Authenticated<Claims>) {
    replicate(auth);
}

fn main() {}
