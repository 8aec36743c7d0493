// Of several parts that are missing the first is asked for.
use auth_runtime::{Claims, ConfigError, Verifier};

fn verifier() -> Result<Verifier<Claims>, ConfigError> {
    Verifier::builder().build()
}

fn main() {}
