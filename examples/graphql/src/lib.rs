//! A GraphQL API behind the gate: each field has its own decision, and subscriptions end with their
//! token.

pub mod fields;
mod orders;
mod socket;

pub use orders::{Shop, decisions, shop};

use async_graphql::http::GraphiQLSource;
use async_graphql::{Request, Response};
use auth_runtime::routing::{get, post};
use auth_runtime::{AuthRouter, Authenticated, Claims, Verifier, authenticated, public, scope};
use axum::Json;
use axum::extract::{FromRef, State};
use axum::response::Html;
use std::sync::Arc;

scope!(pub OrdersRead = "orders:read");
scope!(pub OrdersWrite = "orders:write");
scope!(pub CostsRead = "costs:read");

#[derive(Clone, FromRef)]
struct App {
    verifier: Verifier<Claims>,
    shop: Shop,
}

/// Executes a query or a mutation. `Json` admits one JSON object: no form of another site, and no
/// batch.
#[authenticated]
async fn execute(
    auth: Authenticated<Claims>,
    State(shop): State<Shop>,
    Json(request): Json<Request>,
) -> Json<Response> {
    Json(shop.execute(request.data(Arc::new(auth))).await)
}

#[public(reason = "a page without data: its requests need a token of their own")]
async fn graphiql() -> Html<String> {
    Html(GraphiQLSource::build().endpoint("/graphql").finish())
}

/// Returns the router. Queries are POST only, so that a link cannot run a mutation.
pub fn app(verifier: Verifier<Claims>, shop: Shop) -> AuthRouter {
    AuthRouter::new()
        .route("/graphql", post(execute).get(socket::open))
        .route("/graphiql", get(graphiql))
        .with_state(App { verifier, shop })
}
