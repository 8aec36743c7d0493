//! A service that issues its own tokens: sign-in, refresh, and roles from the database.
//!
//! - `users.rs` loads the principal of each access token, so a removed role counts at once.
//! - `sessions.rs` keeps refresh tokens: random, stored as a hash, and used once.
//! - `handlers.rs` has the routes.

mod database;
mod handlers;
mod sessions;
mod users;

use auth_runtime::routing::{get, post};
use auth_runtime::{AuthRouter, TokenIssuer, Verifier};
use axum::extract::FromRef;

pub use database::Database;
pub use handlers::Tokens;
pub use users::{Admin, User, Users};

/// The state of the router.
#[derive(Clone, FromRef)]
struct App {
    verifier: Verifier<User>,
    issuer: TokenIssuer,
    database: Database,
}

/// Returns the routes.
pub fn app(issuer: TokenIssuer, verifier: Verifier<User>, database: Database) -> AuthRouter {
    AuthRouter::new()
        .route("/login", post(handlers::login))
        .route("/refresh", post(handlers::refresh))
        .route("/me", get(handlers::me))
        .route("/users", get(handlers::list_users))
        .with_state(App { verifier, issuer, database })
}
