// A verifier needs keys, because without them it cannot verify a signature. INC-50.
use auth_runtime::{Claims, ConfigError, Events, Verifier, VerifyingKey};

fn verifier(_key: VerifyingKey) -> Result<Verifier<Claims>, ConfigError> {
    Verifier::builder()
        .issuer("https://id.example.com/")
        .audience("orders")
        .events(Events::stderr())
        .build()
}

fn main() {}
