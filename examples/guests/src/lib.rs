//! A magazine: guests read what is published, members write, and editors publish.
//!
//! - `members.rs` loads the member of each token, with the permissions of the roles.
//! - `articles.rs` has what is published beside the drafts, which only a member can open.
//! - `handlers.rs` has the routes.

mod articles;
mod database;
mod handlers;
mod members;

use auth_runtime::routing::{get, post};
use auth_runtime::{AuthRouter, Vault, Verifier};
use axum::extract::FromRef;

pub use articles::{Article, Drafts, Published};
pub use database::Database;
pub use members::{Member, Members, Publish, Write};

/// The state of the router.
#[derive(Clone, FromRef)]
struct App {
    verifier: Verifier<Member>,
    published: Published,
    drafts: Vault<Drafts, Member>,
}

/// Returns the routes.
pub fn app(verifier: Verifier<Member>, database: Database) -> AuthRouter {
    let drafts = Vault::new(Drafts(database.clone()));
    AuthRouter::new()
        .route("/articles", get(handlers::list).post(handlers::write))
        .route("/articles/{id}", get(handlers::read))
        .route("/articles/{id}/publish", post(handlers::publish))
        .with_state(App { verifier, published: Published(database), drafts })
}
