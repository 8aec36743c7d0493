// An issuer without a key cannot sign.
use auth_runtime::{ConfigError, TokenIssuer, credentials::SigningKey};

fn issuer(_key: SigningKey) -> Result<TokenIssuer, ConfigError> {
    TokenIssuer::builder()
        .issuer("https://shop.example.com/")
        .audience("shop")
        .build()
}

fn main() {}
