// The claims of a proof are verified, so a handler cannot change them. INC-13.
use auth_runtime::{Authenticated, Claims};

fn promoted(mut auth: Authenticated<Claims>) -> Authenticated<Claims> {
    auth.sub = "admin".to_owned();
    auth
}

fn main() {}
