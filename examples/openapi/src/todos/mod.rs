//! To-do lists. The module has the shape that `utoipa-axum` gave it.

mod handlers;

use auth_runtime::openapi::{OpenApiRouter, routes};

pub use handlers::{Todo, Todos};

/// The routes of this module.
pub fn router() -> OpenApiRouter<crate::App> {
    OpenApiRouter::new().routes(routes!(handlers::list, handlers::create)).routes(routes!(handlers::delete))
}
