// The twin of fail/verifier/without_keys.rs, with the one thing mended.
use auth_runtime::{Claims, ConfigError, Events, Verifier, VerifyingKey};

fn verifier(key: VerifyingKey) -> Result<Verifier<Claims>, ConfigError> {
    Verifier::builder()
        .issuer("https://id.example.com/")
        .audience("orders")
        .keys(key)
        .events(Events::stderr())
        .build()
}

pub(crate) fn main() {}
