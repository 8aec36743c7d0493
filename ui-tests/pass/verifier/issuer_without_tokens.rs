// Fixes the mistake in fail/verifier/issuer_without_tokens.rs.
use auth_runtime::api_keys::{ApiKeys, MemoryApiKeys};
use auth_runtime::{Claims, ConfigError, Events, Verifier};

fn verifier(keys: ApiKeys) -> Result<Verifier<Claims>, ConfigError> {
    Verifier::accepting(keys).events(Events::stderr()).build()
}

pub(crate) fn main() {
    let _ = verifier(ApiKeys::of("https://orders.example.com/keys", "acme_live", MemoryApiKeys::new()));
}
