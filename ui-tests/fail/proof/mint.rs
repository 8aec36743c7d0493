// The function that mints a proof is private.
use auth_runtime::{Authenticated, Claims};

fn forged() {
    let _ = Authenticated::<Claims>::mint;
}

fn main() {}
