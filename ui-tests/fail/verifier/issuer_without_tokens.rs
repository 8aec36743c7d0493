// A verifier that was started with another kind accepts no JWTs, so that it has no issuer of them.
use auth_runtime::api_keys::{ApiKeys, MemoryApiKeys};
use auth_runtime::{Claims, ConfigError, Events, Verifier};

fn verifier(keys: ApiKeys) -> Result<Verifier<Claims>, ConfigError> {
    Verifier::accepting(keys).issuer("https://id.example.com/").events(Events::stderr()).build()
}

fn main() {
    let _ = verifier(ApiKeys::of("https://orders.example.com/keys", "acme_live", MemoryApiKeys::new()));
}
