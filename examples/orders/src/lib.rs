//! A small orders API on SQLite, as a service that uses `auth-runtime` looks.
//!
//! Read it in this order: the routes are below, what they do is in `handlers.rs`, and each attribute there is a
//! decision about who may call. Rules about single orders are in `rules.rs`. `main.rs` is the process around it.

mod database;
mod extract;
mod feed;
mod handlers;
mod log;
mod order;
mod problem;
mod revoked;
mod rules;
mod watch;

pub use database::Database;
pub use log::{log, log_last};
pub use revoked::Revoked;
pub use watch::Watch;

use auth_runtime::routing::{get, post};
use auth_runtime::serve::ShutdownSignal;
use auth_runtime::{AuthRouter, Claims, Vault, Verifier};
use axum::extract::FromRef;

/// What the handlers share. The router finds the verifier in it, as axum's `State` finds the rest.
#[derive(Clone, FromRef)]
struct App {
    verifier: Verifier<Claims>,
    /// Opens with the proof of a known caller, and not without.
    database: Vault<Database, Claims>,
    /// The store that the verifier asks. A handler can only revoke with it.
    revoked: Revoked,
    watch: Watch,
    /// Ends the feeds, which have no end of their own.
    shutdown: ShutdownSignal,
}

/// The service: ready for [`auth_runtime::serve`], or for a test.
///
/// `revoked` is the store that `verifier` asks, `watch` a sink of its events. Feeds end with
/// `shutdown`.
pub fn app(
    database: Database,
    verifier: Verifier<Claims>,
    revoked: Revoked,
    watch: &Watch,
    shutdown: ShutdownSignal,
) -> AuthRouter {
    let app = AuthRouter::new()
        .route("/", get(watch::page))
        .route("/watch", get(watch::snapshot))
        .route("/watch/feed", get(watch::feed))
        .route("/orders", get(handlers::list).post(handlers::place))
        .route("/orders/feed", get(feed::feed))
        .route("/orders/{id}", get(handlers::show))
        .route("/orders/{id}/refund", post(handlers::refund))
        .route("/me", get(handlers::me))
        .route("/logout", post(handlers::logout))
        .route("/health", get(handlers::health))
        .with_state(App { verifier, database: Vault::new(database), revoked, watch: watch.clone(), shutdown });
    watch.shows(&app.posture());
    app
}
