// Fixes the mistake in fail/verifier/algorithm_from_the_token.rs.
use auth_runtime::{ConfigError, VerifyingKey, keys::Algorithm};

fn key(jwk: &str) -> Result<VerifyingKey, ConfigError> {
    VerifyingKey::from_jwk_with_algorithm(jwk, Algorithm::RS256)
}

pub(crate) fn main() {}
