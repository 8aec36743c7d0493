// A proof has no default. INC-65.
use auth_runtime::{Authenticated, Claims};

fn forged() -> Authenticated<Claims> {
    Default::default()
}

fn main() {}
