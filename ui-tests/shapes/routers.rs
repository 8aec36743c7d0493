//! Combines routers as services do: modules, nests, layers, middleware, several claims types and
//! tower services.
#![deny(warnings)]

use auth_runtime::{AuthRouter, Authenticated, Claims, Verifier, authenticated, public, routing::{MethodFilter, get, on, post}};
use axum::extract::{FromRef, Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::any_service;
use http::StatusCode;
use std::time::Duration;
use tower::ServiceBuilder;
use tower::limit::ConcurrencyLimitLayer;
use tower_http::cors::CorsLayer;
use tower_http::services::ServeDir;
use tower_http::trace::TraceLayer;

#[derive(Debug, serde::Deserialize)]
struct Node {
    region: String,
}

#[derive(Clone, FromRef)]
struct App {
    users: Verifier<Claims>,
    nodes: Verifier<Node>,
    limit: u32,
}

mod orders {
    use super::*;

    pub(crate) fn router() -> AuthRouter<App> {
        AuthRouter::new().route("/", get(list).post(create)).route("/{id}", get(list))
    }

    #[authenticated]
    async fn list(State(limit): State<u32>) -> String {
        limit.to_string()
    }

    #[authenticated(requires = ui_tests::OrdersWrite)]
    async fn create(body: String) -> String {
        body
    }
}

mod nodes {
    use super::*;

    pub(crate) fn router<S>() -> AuthRouter<S>
    where
        S: Clone + Send + Sync + 'static,
        Verifier<Node>: FromRef<S>,
    {
        AuthRouter::new().route("/join", post(join))
    }

    #[authenticated(Node)]
    async fn join(node: Authenticated<Node>) -> String {
        node.region.clone()
    }
}

#[public]
async fn front() -> &'static str {
    "orders"
}

#[authenticated]
async fn not_here() -> StatusCode {
    StatusCode::NOT_FOUND
}

async fn log(request: Request, next: Next) -> Response {
    next.run(request).await
}

async fn limited(State(limit): State<u32>, request: Request, next: Next) -> Response {
    let _ = limit;
    next.run(request).await
}

fn app(state: App) -> AuthRouter {
    AuthRouter::new()
        .nest("/orders", orders::router().layer(from_fn_with_state(state.limit, limited)))
        .nest("/nodes", nodes::router())
        .merge(AuthRouter::new().route("/", get(front)))
        .route("/both", on(MethodFilter::PUT.or(MethodFilter::PATCH), not_here).layer(ConcurrencyLimitLayer::new(8)))
        .public_service("/assets", ServeDir::new("assets"), "the front end's files")
        .authenticated_service("/reports", |_: Authenticated<Claims>| ServeDir::new("reports"))
        .authenticated_service("/legacy", |_: Authenticated<Node>| any_service(ServeDir::new("legacy")))
        .fallback(not_here)
        .layer(from_fn(log))
        .layer(ServiceBuilder::new().layer(TraceLayer::new_for_http()).layer(CorsLayer::new().max_age(Duration::from_secs(60))))
        .with_state(state)
}

fn hidden(verifier: Verifier<Claims>) -> AuthRouter {
    AuthRouter::new().route("/", get(front)).hide_unmatched::<Claims>().with_state(verifier)
}

async fn run(state: App) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let app = app(state);
    println!("{}", app.posture());
    auth_runtime::serve(listener, app).await
}

async fn run_with_axum(listener: tokio::net::TcpListener, app: AuthRouter) -> std::io::Result<()> {
    axum::serve(listener, app).with_graceful_shutdown(std::future::ready(())).await
}

async fn in_a_test(app: AuthRouter) -> StatusCode {
    use tower::ServiceExt;
    app.oneshot(Request::new(axum::body::Body::empty())).await.unwrap().status()
}

/// Mounts single handlers on a plain axum router during a migration.
fn plain(state: App) -> axum::Router {
    async fn known(auth: Authenticated<Claims, ui_tests::OrdersWrite>) -> String {
        auth.sub.clone()
    }
    axum::Router::new().route("/known", axum::routing::get(known)).with_state(state)
}

pub(crate) fn main() {
    let _ = (hidden, run, run_with_axum, in_a_test, plain);
}
