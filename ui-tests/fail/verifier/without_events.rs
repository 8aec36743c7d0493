// A verifier needs an event stream, because rejections must be reported. INC-01.
use auth_runtime::{Claims, ConfigError, Verifier, VerifyingKey};

fn verifier(key: VerifyingKey) -> Result<Verifier<Claims>, ConfigError> {
    Verifier::builder()
        .issuer("https://id.example.com/")
        .audience("orders")
        .keys(key)
        .build()
}

fn main() {}
