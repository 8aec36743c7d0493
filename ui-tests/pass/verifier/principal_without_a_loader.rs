// The twin of fail/verifier/principal_without_a_loader.rs, with the one thing mended.
use auth_runtime::{Claims, ConfigError, Events, LoadPrincipal, Verifier, VerifyingKey, credentials::NoPrincipal};

struct User;

struct Users;

impl LoadPrincipal for Users {
    type TokenClaims = Claims;
    type Principal = User;

    async fn load(&self, _claims: &Claims) -> Result<User, NoPrincipal> {
        Err(NoPrincipal::NotFound)
    }
}

fn verifier(key: VerifyingKey) -> Result<Verifier<User>, ConfigError> {
    Verifier::builder()
        .issuer("https://id.example.com/")
        .audience("orders")
        .keys(key)
        .events(Events::stderr())
        .load(Users)
        .build()
}

pub(crate) fn main() {}
