//! Starts the service with the secrets of the environment.

use auth_runtime::signatures::{Sender, Signatures, SigningSecret};
use auth_runtime::{Claims, ConfigError, Events, TokenType, Vault, Verifier, VerifyingKey};
use webhooks::{App, Deliveries, app};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let events = Events::stderr();
    let token_secret = std::env::var("TOKEN_SECRET").map_err(|_| "set TOKEN_SECRET: `openssl rand -hex 32`")?;
    let verifier: Verifier<Claims> = Verifier::builder()
        .issuer("https://id.example.com/")
        .audience("webhooks")
        .keys(VerifyingKey::hs256(token_secret.as_bytes())?)
        .token_type(TokenType::AnyJwt)
        .events(events.clone())
        .build()?;
    let database = std::env::var("DATABASE").unwrap_or_else(|_| ":memory:".to_owned());
    let state = App {
        verifier,
        github: signatures("GITHUB_SECRET", &events)?,
        stripe: signatures("STRIPE_SECRET", &events)?,
        standard: signatures("STANDARD_SECRET", &events)?,
        deliveries: Vault::new(Deliveries::new(rusqlite::Connection::open(database)?)?),
    };
    let address = std::env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(auth_runtime::serve(listener, app(state)).await?)
}

fn signatures<S: Sender>(variable: &str, events: &Events) -> Result<Signatures<S>, ConfigError> {
    Signatures::builder().secret(SigningSecret::from_env(variable)?).events(events.clone()).build()
}
