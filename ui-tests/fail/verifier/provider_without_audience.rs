// A profile does not know the audience, so it is still required.
use auth_runtime::credentials::Provider;
use auth_runtime::{Claims, ConfigError, Events, Verifier, VerifyingKey};

fn verifier(key: VerifyingKey) -> Result<Verifier<Claims>, ConfigError> {
    Verifier::builder()
        .provider(Provider::keycloak("https://id.example.com", "shop"))
        .keys(key)
        .events(Events::stderr())
        .build()
}

fn main() {}
