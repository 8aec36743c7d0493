use auth_runtime::{AnyOf, authenticated, claim, scope};
use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use utoipa::ToSchema;

scope!(pub TodosRead = "todos:read");
scope!(pub TodosWrite = "todos:write");
claim!(pub Admin = "admin" in "roles");

/// The to-do lists of all callers, by number.
#[derive(Clone, Default)]
pub struct Todos(Arc<Mutex<BTreeMap<u64, Todo>>>);

/// Something to do.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
pub struct Todo {
    /// What to do.
    pub title: String,
}

/// Lists what is to do.
#[utoipa::path(get, path = "", responses((status = 200, body = Vec<Todo>)))]
#[authenticated(requires = TodosRead)]
pub(super) async fn list(State(todos): State<Todos>) -> Json<Vec<Todo>> {
    Json(todos.0.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect())
}

/// Adds something to do.
#[utoipa::path(post, path = "", request_body = Todo, responses((status = 201)))]
#[authenticated(requires = TodosWrite)]
pub(super) async fn create(State(todos): State<Todos>, Json(todo): Json<Todo>) -> StatusCode {
    let mut todos = todos.0.lock().unwrap_or_else(PoisonError::into_inner);
    let number = todos.last_key_value().map_or(1, |(last, _)| last + 1);
    todos.insert(number, todo);
    StatusCode::CREATED
}

/// Removes something to do.
#[utoipa::path(delete, path = "/{number}", params(("number" = u64, Path)), responses((status = 204)))]
#[authenticated(requires = AnyOf<(TodosWrite, Admin)>)]
pub(super) async fn delete(State(todos): State<Todos>, Path(number): Path<u64>) -> StatusCode {
    todos.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
    StatusCode::NO_CONTENT
}
