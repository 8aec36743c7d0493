// The twin of fail/verifier/token_issuer_without_a_key.rs, with the one thing mended.
use auth_runtime::{ConfigError, TokenIssuer, credentials::SigningKey};

fn issuer(key: SigningKey) -> Result<TokenIssuer, ConfigError> {
    TokenIssuer::builder()
        .issuer("https://shop.example.com/")
        .audience("shop")
        .key(key)
        .build()
}

pub(crate) fn main() {}
