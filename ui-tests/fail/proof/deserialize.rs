// A proof can't be read from what a client sent. INC-58.
use auth_runtime::{Authenticated, Claims};

fn forged(json: &str) -> Authenticated<Claims> {
    serde_json::from_str(json).unwrap()
}

fn main() {}
