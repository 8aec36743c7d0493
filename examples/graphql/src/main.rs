//! Serves the example on port 3000.

use auth_runtime::credentials::Carrier;
use auth_runtime::{Events, KeySet, Verifier};
use graphql::{app, shop};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let verifier = Verifier::builder()
        .issuer("https://id.example.com/")
        .audience("orders")
        .keys(KeySet::from_jwks_json(include_str!("../../quickstart/jwks.json"))?)
        // Browsers have no `Authorization` for a WebSocket.
        .carriers([Carrier::bearer(), Carrier::websocket()])
        .events(Events::stderr())
        .build()?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    Ok(auth_runtime::serve(listener, app(verifier, shop()?)).await?)
}
