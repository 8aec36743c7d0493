// Fixes the mistake in fail/verifier/without_anything.rs.
use auth_runtime::{Claims, ConfigError, Events, Verifier, VerifyingKey};

fn verifier(key: VerifyingKey) -> Result<Verifier<Claims>, ConfigError> {
    Verifier::builder().issuer("https://id.example.com/").audience("orders").keys(key).events(Events::stderr()).build()
}

pub(crate) fn main() {}
