// The one function that makes a proof is the crate's own.
use auth_runtime::{Authenticated, Claims};

fn forged() {
    let _ = Authenticated::<Claims>::mint;
}

fn main() {}
