//! Why a document and a router do not fit: [`OpenApiError`].

use std::fmt;

/// Why the decisions of a router cannot be written into an OpenAPI document.
///
/// ```
/// use auth_runtime::AuthRouter;
/// use auth_runtime::openapi::OpenApiError;
///
/// let app: AuthRouter = AuthRouter::new();
/// let mut document = serde_json::json!({
///     "openapi": "3.1.0",
///     "paths": { "/orders": { "get": { "responses": {} } } }
/// });
/// let error = app.posture().apply_to_openapi(&mut document).unwrap_err();
/// assert!(matches!(error, OpenApiError::NotMounted(operations) if operations == ["GET /orders"]));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenApiError {
    /// The value is not an OpenAPI document.
    #[error("not an OpenAPI document: {0}")]
    Malformed(&'static str),
    /// The document has operations that no route serves.
    #[error(
        "documented, but not mounted: {}: mount them on the router, or remove them from the document",
        Listed(.0)
    )]
    NotMounted(
        /// Method and path of each operation.
        Vec<String>,
    ),
}

struct Listed<'a>(&'a [String]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, operation) in self.0.iter().enumerate() {
            write!(f, "{}`{operation}`", if place > 0 { ", " } else { "" })?;
        }
        Ok(())
    }
}
