// The one function that makes a proof is the crate's own.
use auth_runtime::{Authenticated, Claims};

fn forged(verified: auth_runtime::__macro::Verified<Claims>) {
    let _ = Authenticated::<Claims>::mint(verified);
}

fn main() {}
