// A principal of the database is not in the token: it needs a loader.
use auth_runtime::{ConfigError, Events, Verifier, VerifyingKey};

struct User;

fn verifier(key: VerifyingKey) -> Result<Verifier<User>, ConfigError> {
    Verifier::builder()
        .issuer("https://id.example.com/")
        .audience("orders")
        .keys(key)
        .events(Events::stderr())
        .build()
}

fn main() {}
