// A verifier needs the audience of its tokens. INC-53, INC-54.
use auth_runtime::{Claims, ConfigError, Events, Verifier, VerifyingKey};

fn verifier(key: VerifyingKey) -> Result<Verifier<Claims>, ConfigError> {
    Verifier::builder()
        .issuer("https://id.example.com/")
        .keys(key)
        .events(Events::stderr())
        .build()
}

fn main() {}
