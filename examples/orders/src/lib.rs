//! A small orders API on SQLite: an example of a service that uses `auth-runtime`.
//!
//! Read the routes below first, then `handlers.rs`, where the attribute of each handler decides who
//! may call it. `rules.rs` holds the rules about single orders, and `main.rs` the process.

mod api_keys;
mod browser;
mod database;
mod extract;
mod feed;
mod handlers;
mod log;
mod order;
mod payments;
mod problem;
mod revoked;
mod rules;
mod sqlite;
mod watch;

pub use api_keys::{KeyRow, SqliteApiKeys};
pub use browser::browser_carriers;
pub use database::Database;
pub use log::{log, log_last};
pub use payments::Payments;
pub use revoked::Revoked;
pub use watch::Watch;

use auth_runtime::routing::{get, post};
use auth_runtime::serve::ShutdownSignal;
use auth_runtime::signatures::Signatures;
use auth_runtime::{AuthRouter, Claims, Vault, Verifier};
use axum::extract::FromRef;

/// The state that handlers share. The router gets the verifier from it, as axum's `State` gets the
/// other parts.
#[derive(Clone, FromRef)]
struct App {
    verifier: Verifier<Claims>,
    /// Opens only with the proof of a known caller.
    database: Vault<Database, Claims>,
    /// The store that the verifier reads. A handler can only add revocations.
    revoked: Revoked,
    watch: Watch,
    /// Ends the feeds, which otherwise have no end.
    shutdown: ShutdownSignal,
}

/// Builds the service, for [`auth_runtime::serve()`] or for a test.
///
/// `revoked` is the store that `verifier` reads. `watch` is a sink of its events. Without
/// `payments` there is no route for payments. Feeds end with `shutdown`.
pub fn app(
    database: Database,
    verifier: Verifier<Claims>,
    revoked: Revoked,
    payments: Option<Signatures<Payments>>,
    watch: &Watch,
    shutdown: ShutdownSignal,
) -> AuthRouter {
    let state = App { verifier, database: Vault::new(database), revoked, watch: watch.clone(), shutdown };
    with_state(routes(), payments, state)
}

/// Builds the service as [`app`] does, with the page for browsers at `/browser`.
///
/// `verifier` finds tokens as [`browser_carriers`] says.
pub fn app_with_browser(
    database: Database,
    verifier: Verifier<Claims>,
    revoked: Revoked,
    payments: Option<Signatures<Payments>>,
    watch: &Watch,
    shutdown: ShutdownSignal,
) -> AuthRouter {
    let state = App { verifier, database: Vault::new(database), revoked, watch: watch.clone(), shutdown };
    with_state(routes().merge(browser::routes()), payments, state)
}

fn routes() -> AuthRouter<App> {
    AuthRouter::new()
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
}

/// Completes the router. All routes are in it before, because the page for operators shows them.
fn with_state(mut routes: AuthRouter<App>, payments: Option<Signatures<Payments>>, state: App) -> AuthRouter {
    if let Some(payments) = payments {
        routes = routes.merge(payments::routes(payments, state.database.clone()));
    }
    let watch = state.watch.clone();
    let app = routes.with_state(state);
    watch.set_posture(&app.posture());
    app
}
