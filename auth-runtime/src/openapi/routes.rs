//! Collects documented handlers: [`Routes`].

use crate::router::MethodRoutes;
use axum::routing::MethodFilter;
use utoipa::__dev::{SchemaReferences, Tags};
use utoipa::openapi::path::{HttpMethod, Operation};
use utoipa::openapi::{RefOr, Schema};

/// Documented handlers, which [`routes!`](crate::openapi::routes) makes and
/// [`OpenApiRouter::routes`](super::OpenApiRouter::routes) takes.
///
/// ```
/// use auth_runtime::openapi::{OpenApiRouter, Routes, routes};
/// use auth_runtime::public;
///
/// #[utoipa::path(get, path = "/health")]
/// #[public(reason = "load balancer probe")]
/// async fn health() {}
///
/// let probes: Routes = routes!(health);
/// let app: OpenApiRouter = OpenApiRouter::new().routes(probes);
/// # drop(app);
/// ```
#[must_use]
pub struct Routes<S = ()> {
    pub(super) operations: Vec<DocumentedOperation<S>>,
    pub(super) schemas: Vec<(String, RefOr<Schema>)>,
}

/// A handler with its own path. `utoipa-axum` mounts all methods of one call under all its paths.
pub(super) struct DocumentedOperation<S> {
    pub(super) path: String,
    pub(super) methods: Vec<HttpMethod>,
    pub(super) operation: Operation,
    pub(super) handlers: MethodRoutes<S>,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// Makes an empty collection. Use [`routes!`](crate::openapi::routes).
    #[doc(hidden)]
    pub fn new() -> Self {
        Self { operations: Vec::new(), schemas: Vec::new() }
    }

    /// Adds a handler, as `#[utoipa::path]` documents it.
    // P1: `mount` is `routing::on(_, handler)`, which bounds the handler.
    #[doc(hidden)]
    #[track_caller]
    pub fn documented<D>(mut self, mount: impl FnOnce(MethodFilter) -> MethodRoutes<S>) -> Self
    where
        D: utoipa::Path + SchemaReferences + for<'t> Tags<'t>,
    {
        let path = D::path();
        let methods = D::methods();
        let Some(filter) = methods.iter().map(method_filter).reduce(MethodFilter::or) else {
            panic!("no method for `{path}`: name one in `#[utoipa::path(..)]`, as in `get`");
        };
        let mut operation = D::operation();
        let tags = D::tags();
        if !tags.is_empty() {
            operation.tags.get_or_insert_default().extend(tags.into_iter().map(ToOwned::to_owned));
        }
        D::schemas(&mut self.schemas);
        let path = if path.is_empty() { "/".to_owned() } else { path };
        self.operations.push(DocumentedOperation { path, methods, operation, handlers: mount(filter) });
        self
    }
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self::new()
    }
}

fn method_filter(method: &HttpMethod) -> MethodFilter {
    match method {
        HttpMethod::Get => MethodFilter::GET,
        HttpMethod::Post => MethodFilter::POST,
        HttpMethod::Put => MethodFilter::PUT,
        HttpMethod::Delete => MethodFilter::DELETE,
        HttpMethod::Options => MethodFilter::OPTIONS,
        HttpMethod::Head => MethodFilter::HEAD,
        HttpMethod::Patch => MethodFilter::PATCH,
        HttpMethod::Trace => MethodFilter::TRACE,
    }
}
