// A proof is not `Deserialize`, so client data cannot become one. INC-58.
use auth_runtime::{Authenticated, Claims};

fn forged(json: &str) -> Authenticated<Claims> {
    serde_json::from_str(json).unwrap()
}

fn main() {}
