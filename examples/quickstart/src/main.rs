use auth_runtime::{AuthRouter, Claims, Events, KeySet, Verifier};
use auth_runtime::{authenticated, public, routing::get};

#[authenticated]
async fn list() -> &'static str {
    "orders"
}

#[public(reason = "load balancer probe")]
async fn health() -> &'static str {
    "ok"
}

fn app(verifier: Verifier<Claims>) -> AuthRouter {
    AuthRouter::new().route("/orders", get(list)).route("/health", get(health)).with_state(verifier)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let verifier = Verifier::builder()
        .issuer("https://id.example.com/")
        .audience("orders")
        .keys(KeySet::from_jwks_json(include_str!("../jwks.json"))?)
        .events(Events::stderr())
        .build()?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    Ok(auth_runtime::serve(listener, app(verifier)).await?)
}
