//! Accepts the token in a cookie, beside `Authorization`, and sets and clears the cookie.
//!
//! `cargo run -p topics --example cookies`

use auth_runtime::credentials::{Carrier, SessionCookie, SetCookie};
use auth_runtime::routing::{get, post};
use auth_runtime::{AuthRouter, Authenticated, Claims, Events, Verifier, authenticated, public};
use axum::Json;
use axum::http::StatusCode;
use serde::Deserialize;
use std::error::Error;
use topics::Custom;

/// Browsers take a cookie of this name from this host only, and over HTTPS.
const COOKIE: &str = "__Host-session";

/// Where the verifier finds tokens. The gate rejects a write of another site with a cookie (403).
pub fn carriers() -> [Carrier; 2] {
    [Carrier::bearer(), Carrier::cookie(COOKIE).origin("https://app.example.com")]
}

fn cookie() -> SessionCookie {
    SessionCookie::new(COOKIE).expect("a name that begins with `__Host-`")
}

/// Not `Debug`, because it holds a token.
#[derive(Deserialize)]
struct Login {
    token: String,
}

// A page of another site cannot send JSON without a preflight, so it cannot log its visitor in as
// another caller.
#[public(reason = "login: the token is verified on each request that has the cookie")]
async fn log_in(Json(login): Json<Login>) -> Result<(SetCookie, StatusCode), StatusCode> {
    let set = cookie().set(&login.token).map_err(|_| StatusCode::BAD_REQUEST)?;
    Ok((set, StatusCode::NO_CONTENT))
}

#[authenticated]
async fn log_out() -> (SetCookie, StatusCode) {
    (cookie().clear(), StatusCode::NO_CONTENT)
}

#[authenticated]
async fn me(auth: Authenticated<Claims>) -> String {
    auth.sub.clone()
}

/// The service.
pub fn app(verifier: Verifier<Claims>) -> AuthRouter {
    AuthRouter::new()
        .route("/login", post(log_in))
        .route("/logout", post(log_out))
        .route("/me", get(me))
        .with_state(verifier)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let issuer = topics::issuer()?;
    topics::print_curl(&issuer, Custom::default(), "/me")?;
    let token = issuer.issue("alice", &Custom::default())?.token;
    println!("curl -i http://127.0.0.1:3000/me -H 'Cookie: {COOKIE}={token}'\n");
    let verifier = issuer.verifier(Events::stderr()).carriers(carriers()).build()?;
    topics::serve(app(verifier)).await
}
