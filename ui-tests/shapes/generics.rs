//! Mounts generic handlers with lifetimes, `where` clauses and generic states.

use auth_runtime::{AuthRouter, Authenticated, Claims, Verifier, authenticated, public, routing::{get, post}};
use axum::Json;
use axum::extract::{FromRef, Path, State};
use serde::{Serialize, de::DeserializeOwned};
use std::sync::Arc;

trait Repository: Clone + Send + Sync + 'static {
    fn find(&self, id: u64) -> Option<String>;
}

#[derive(Clone)]
struct Memory;

impl Repository for Memory {
    fn find(&self, id: u64) -> Option<String> {
        Some(id.to_string())
    }
}

#[derive(Clone)]
struct App<R> {
    verifier: Verifier<Claims>,
    repository: R,
}

impl<R> FromRef<App<R>> for Verifier<Claims> {
    fn from_ref(app: &App<R>) -> Self {
        app.verifier.clone()
    }
}

#[authenticated]
async fn find<R: Repository>(State(app): State<App<R>>, Path(id): Path<u64>) -> String
where
    R: Repository,
{
    app.repository.find(id).unwrap_or_default()
}

#[authenticated]
async fn echo<T>(auth: Authenticated<Claims>, Json(value): Json<T>) -> Json<(String, T)>
where
    T: Serialize + DeserializeOwned + Send + 'static,
{
    Json((auth.subject().to_owned(), value))
}

#[public(reason = "the name of the service is public")]
async fn name<const N: usize>() -> &'static str {
    ["orders", "refunds"][N]
}

fn app<R: Repository>(app: App<R>) -> AuthRouter {
    AuthRouter::new()
        .route("/orders/{id}", get(find::<R>))
        .route("/echo", post(echo::<Vec<u8>>))
        .route("/name", get(name::<0>))
        .with_state(app)
}

/// Holds the state in an `Arc`, as many services do.
struct Shared {
    verifier: Verifier<Claims>,
    names: Vec<String>,
}

impl FromRef<Shared> for Verifier<Claims> {
    fn from_ref(shared: &Shared) -> Self {
        shared.verifier.clone()
    }
}

#[authenticated]
async fn names(State(shared): State<Arc<Shared>>) -> String {
    shared.names.join(", ")
}

fn shared(state: Arc<Shared>) -> AuthRouter {
    AuthRouter::new().route("/names", get(names)).with_state(state)
}

pub(crate) fn main() {
    let _ = (app::<Memory>, shared);
}
