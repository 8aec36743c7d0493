// A verifier has to know whose tokens it takes. INC-53.
use auth_runtime::{Claims, ConfigError, Events, Verifier, VerifyingKey};

fn verifier(key: VerifyingKey) -> Result<Verifier<Claims>, ConfigError> {
    Verifier::builder()
        .audience("orders")
        .keys(key)
        .events(Events::stderr())
        .build()
}

fn main() {}
