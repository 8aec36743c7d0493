//! Stands in for an identity provider: publishes keys, and prints tokens to paste.
//!
//! `cargo run -p topics --example provider -- orders orders:read`

use auth_testkit::TestIssuer;
use axum::Router;
use axum::routing::get;
use std::error::Error;

const HOUR: i64 = 60 * 60;

/// The provider of an issuer. It has no decisions, because its documents are public.
pub fn router(issuer: &TestIssuer) -> Router {
    let name = issuer.name();
    let document = serde_json::json!({
        "issuer": name,
        "jwks_uri": format!("{name}jwks"),
        "authorization_endpoint": format!("{name}authorize"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
    });
    let keys = issuer.jwks_json();
    let json = |text: String| get(move || async move { ([("content-type", "application/json")], text) });
    Router::new().route("/.well-known/openid-configuration", json(document.to_string())).route("/jwks", json(keys))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let audience = arguments.next().ok_or("arguments: the audience of the service, and scopes")?;
    let scopes: Vec<_> = arguments.collect();
    // Loopback: its tokens are for one machine, and its key is new at each start.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:4000").await?;
    let name = format!("http://{}/", listener.local_addr()?);
    let issuer = TestIssuer::new().named(&name).for_audience(audience);
    let token = issuer.token().expires_in(HOUR);
    println!("export ISSUER={name}");
    println!("export TOKEN={}", token.clone().scope(&scopes.join(" ")).signed());
    println!("export TOKEN_WITHOUT_SCOPE={}", token.signed());
    Ok(axum::serve(listener, router(&issuer)).await?)
}
