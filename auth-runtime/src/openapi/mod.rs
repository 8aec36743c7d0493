//! Keeps an OpenAPI document in agreement with the gate.
//!
//! The `security` of each operation and its responses 401 and 403 are read from the decision of the
//! route that is mounted, so the document cannot state another one.
//!
//! | the document comes from | use |
//! |---|---|
//! | `#[utoipa::path]` on the handlers (feature `utoipa`) | `OpenApiRouter` and `routes!` |
//! | another crate, or a file | [`Posture::apply_to_openapi`](crate::Posture::apply_to_openapi) |
//!
//! `assert_openapi` of auth-testkit compares a document with a router in both directions.

mod document;
mod error;
#[cfg(feature = "utoipa")]
mod router;
#[cfg(feature = "utoipa")]
mod routes;
mod schemes;
mod security;
mod security_carrier;

/// Collects documented handlers for [`OpenApiRouter::routes`].
///
/// Each handler has `#[utoipa::path(..)]` and a decision, and is served at the method and the path
/// of its annotation. The handlers may be in other modules: `routes!(orders::list)`.
///
/// ```
/// use auth_runtime::openapi::{OpenApiRouter, routes};
/// use auth_runtime::public;
///
/// #[utoipa::path(get, path = "/health")]
/// #[public(reason = "load balancer probe")]
/// async fn health() -> &'static str {
///     "ok"
/// }
///
/// let (app, document) = OpenApiRouter::<()>::new().routes(routes!(health)).split_for_parts();
/// assert!(document.paths.paths["/health"].get.is_some());
/// # drop(app);
/// ```
///
/// A handler without a decision does not compile:
///
/// ```compile_fail
/// use auth_runtime::openapi::{OpenApiRouter, routes};
///
/// #[utoipa::path(get, path = "/orders")]
/// async fn list() {}
///
/// let app: OpenApiRouter = OpenApiRouter::new().routes(routes!(list));
/// ```
#[cfg(feature = "utoipa")]
pub use auth_macros::routes;
pub use document::base_path;
pub use error::OpenApiError;
#[cfg(feature = "utoipa")]
pub use router::OpenApiRouter;
#[cfg(feature = "utoipa")]
pub use routes::Routes;
pub use security::{DocumentedSecurity, SecurityAlternative};
pub use security_carrier::SecurityCarrier;
