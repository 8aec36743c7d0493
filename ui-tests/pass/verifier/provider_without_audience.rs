// Fixes the mistake in fail/verifier/provider_without_audience.rs.
use auth_runtime::credentials::Provider;
use auth_runtime::{Claims, ConfigError, Events, Verifier, VerifyingKey};

fn verifier(key: VerifyingKey) -> Result<Verifier<Claims>, ConfigError> {
    Verifier::builder()
        .provider(Provider::keycloak("https://id.example.com", "shop"))
        .audience("orders")
        .keys(key)
        .events(Events::stderr())
        .build()
}

pub(crate) fn main() {}
