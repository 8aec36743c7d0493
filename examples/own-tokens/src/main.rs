//! Starts the service on port 3000, with one user.

use auth_runtime::credentials::SigningKey;
use auth_runtime::{Events, TokenIssuer};
use own_tokens::{Database, Users, app};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let secret = std::env::var("TOKEN_SECRET").map_err(|_| "set TOKEN_SECRET: `openssl rand -hex 64`")?;
    let password = std::env::var("ADMIN_PASSWORD").map_err(|_| "set ADMIN_PASSWORD")?;
    let database = Database::new(rusqlite::Connection::open_in_memory()?)?;
    database.add_user("admin", &password, "admin")?;
    let issuer = TokenIssuer::builder()
        .issuer("https://shop.example.com/")
        .audience("shop")
        .key(SigningKey::hs256("2026-11", secret.as_bytes())?)
        .build()?;
    let verifier = issuer.verifier(Events::stderr()).load(Users(database.clone())).build()?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    Ok(auth_runtime::serve(listener, app(issuer, verifier, database)).await?)
}
