// A key has its algorithm from the configuration, never from a token. INC-46, INC-47.
use auth_runtime::{ConfigError, VerifyingKey};

fn key(jwk: &str, alg: &str) -> Result<VerifyingKey, ConfigError> {
    VerifyingKey::from_jwk_with_algorithm(jwk, alg)
}

fn main() {}
