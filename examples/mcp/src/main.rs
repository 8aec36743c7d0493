//! Serves the example on port 3000.

use auth_runtime::{Events, KeySet, Verifier};
use mcp::{Shop, app};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let verifier = Verifier::builder()
        .issuer("https://id.example.com/")
        .audience("http://localhost:3000/mcp")
        .keys(KeySet::from_jwks_json(include_str!("../../quickstart/jwks.json"))?)
        .events(Events::stderr())
        .resource("http://localhost:3000/mcp")
        .build()?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    Ok(auth_runtime::serve(listener, app(verifier, Shop::new()?, "localhost")).await?)
}
