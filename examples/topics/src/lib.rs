//! Issues tokens for the examples of this package, and serves them.
//!
//! A service with an identity provider needs neither: `examples/discover.rs` shows one.

use auth_runtime::credentials::SigningKey;
use auth_runtime::{AuthRouter, TokenIssuer};
use serde::Serialize;
use std::error::Error;

/// Makes an issuer with a random key, so that its tokens end with the program.
///
/// # Errors
///
/// When the system has no random numbers.
pub fn issuer() -> Result<TokenIssuer, Box<dyn Error>> {
    let mut secret = [0; 64];
    aws_lc_rs::rand::fill(&mut secret)?;
    let key = SigningKey::hs256("demo", &secret)?;
    Ok(TokenIssuer::builder().issuer("https://id.example.com/").audience("demo").key(key).build()?)
}

/// The claims of a token, beside those that the issuer writes.
#[derive(Debug, Default, Clone, Copy, Serialize)]
pub struct Custom {
    /// The scopes, separated by spaces.
    pub scope: &'static str,
    /// The roles.
    pub roles: &'static [&'static str],
}

/// Prints a `curl` line with a token of alice.
///
/// # Errors
///
/// When the claims cannot be issued.
pub fn print_curl(issuer: &TokenIssuer, custom: Custom, arguments: &str) -> Result<(), Box<dyn Error>> {
    let token = issuer.issue("alice", &custom)?.token;
    println!("curl -i http://127.0.0.1:3000{arguments} -H 'Authorization: Bearer {token}'\n");
    Ok(())
}

/// Serves on port 3000 of this machine, until SIGTERM or SIGINT.
///
/// # Errors
///
/// When the port is taken, or the router is not complete.
pub async fn serve(app: AuthRouter) -> Result<(), Box<dyn Error>> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    Ok(auth_runtime::serve(listener, app).await?)
}
