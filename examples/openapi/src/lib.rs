//! A service with an OpenAPI document: `#[utoipa::path]` documents the handlers, and the document's
//! security comes from the gate.

#![expect(missing_docs, reason = "`scope!`, `claim!` and `FromRef` need no docs in an example")]

pub mod todos;

use auth_runtime::openapi::{OpenApiRouter, routes};
use auth_runtime::{AuthRouter, Claims, Verifier, public};
use axum::extract::FromRef;
use axum::{Json, Router};
use utoipa::OpenApi;
use utoipa_swagger_ui::{Config, SwaggerUi};

#[derive(Clone, FromRef)]
pub struct App {
    pub verifier: Verifier<Claims>,
    pub todos: todos::Todos,
}

#[derive(OpenApi)]
#[openapi(info(title = "Todos", description = "Who may call what is read from the gate."))]
struct Document;

#[utoipa::path(get, path = "/health", responses((status = 200, body = str)))]
#[public(reason = "load balancer probe")]
async fn health() -> &'static str {
    "ok"
}

/// Returns the router, and the document that it serves at `/openapi.json` and `/docs/`.
pub fn app(state: App) -> (AuthRouter, utoipa::openapi::OpenApi) {
    let (router, document) = OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(health))
        .nest("/todos", todos::router())
        .with_state(state)
        .split_for_parts();

    let served = document.clone();
    let json = Router::new().fallback(|| async { Json(served) });
    let swagger: Router = SwaggerUi::new("/").config(Config::from("/openapi.json")).into();
    let router =
        router.public_service("/openapi.json", json, "documentation").public_service("/docs", swagger, "documentation");
    (router, document)
}
