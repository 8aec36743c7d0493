// If several parts are missing, the compiler names the first.
use auth_runtime::{Claims, ConfigError, Verifier};

fn verifier() -> Result<Verifier<Claims>, ConfigError> {
    Verifier::builder().build()
}

fn main() {}
