// The claims of a proof can't be changed: they are what was verified. INC-13.
use auth_runtime::{Authenticated, Claims};

fn promoted(mut auth: Authenticated<Claims>) -> Authenticated<Claims> {
    auth.sub = "admin".to_owned();
    auth
}

fn main() {}
