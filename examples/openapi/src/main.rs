//! Serves the example on port 3000: open `/docs/` in a browser.

use auth_runtime::{Events, KeySet, Verifier};
use openapi::{App, app};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let verifier = Verifier::builder()
        .issuer("https://id.example.com/")
        .audience("todos")
        .keys(KeySet::from_jwks_json(include_str!("../../quickstart/jwks.json"))?)
        .events(Events::stderr())
        .build()?;
    let (router, _) = app(App { verifier, todos: openapi::todos::Todos::default() });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    Ok(auth_runtime::serve(listener, router).await?)
}
