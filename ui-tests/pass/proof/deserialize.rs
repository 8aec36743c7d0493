// Fixes the mistake in fail/proof/deserialize.rs.
use auth_runtime::Claims;

fn data(json: &str) -> Claims {
    serde_json::from_str(json).unwrap()
}

pub(crate) fn main() {}
