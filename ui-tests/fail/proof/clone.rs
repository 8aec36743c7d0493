// A proof can't be copied, to be kept where its request has ended.
use auth_runtime::{Authenticated, Claims};

fn kept(auth: &Authenticated<Claims>) -> Authenticated<Claims> {
    Clone::clone(auth)
}

fn main() {}
