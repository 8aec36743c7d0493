//! Fetches the keys of an OpenID provider, and keeps them fresh.
//!
//! `cargo run -p topics --example discover -- https://id.example.com/ orders`

use auth_runtime::routing::get;
use auth_runtime::{AuthRouter, Authenticated, Claims, ConfigError, Events, KeySet, Verifier, authenticated};
use std::error::Error;

#[authenticated]
async fn me(auth: Authenticated<Claims>) -> String {
    auth.sub.clone()
}

/// Makes the verifier.
///
/// # Errors
///
/// When the configuration is refused.
pub fn verifier(issuer: &str, audience: &str, keys: KeySet, events: Events) -> Result<Verifier<Claims>, ConfigError> {
    Verifier::builder().issuer(issuer).audience(audience).keys(keys).events(events).build()
}

/// The service.
pub fn app(verifier: Verifier<Claims>) -> AuthRouter {
    AuthRouter::new().route("/me", get(me)).with_state(verifier)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(issuer), Some(audience)) = (arguments.next(), arguments.next()) else {
        return Err("arguments: the issuer, as its tokens name it, and the audience of this service".into());
    };
    // Without the keys the service does not start, because it could accept no token.
    let keys = KeySet::discover(&issuer).await?;
    topics::serve(app(verifier(&issuer, &audience, keys, Events::stderr())?)).await
}
