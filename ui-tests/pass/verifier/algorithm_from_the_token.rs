// The twin of fail/verifier/algorithm_from_the_token.rs, with the one thing mended.
use auth_runtime::{ConfigError, VerifyingKey};

fn key(pem: &[u8]) -> Result<VerifyingKey, ConfigError> {
    VerifyingKey::rs256_pem(pem)
}

fn main() {}
