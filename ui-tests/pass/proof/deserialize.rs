// The twin of fail/proof/deserialize.rs, with the one thing mended.
use auth_runtime::Claims;

fn data(json: &str) -> Claims {
    serde_json::from_str(json).unwrap()
}

pub(crate) fn main() {}
