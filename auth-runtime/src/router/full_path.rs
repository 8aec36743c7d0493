//! Gives a mounted service the path with its prefix: [`FullPath`].

use axum::extract::OriginalUri;
use http::Request;
use std::task::{Context, Poll};
use tower_service::Service;

/// Calls a service with the whole path, as the client sent it.
///
/// [`AuthRouter::authenticated_service`](crate::AuthRouter::authenticated_service) and
/// [`public_service`](crate::AuthRouter::public_service) strip the prefix. Some services route by
/// the whole path, or write links with it.
///
/// ```
/// use auth_runtime::AuthRouter;
/// use auth_runtime::services::FullPath;
/// use axum::extract::Request;
///
/// let pages = axum::routing::any(|request: Request| async move { request.uri().to_string() });
/// let app: AuthRouter =
///     AuthRouter::new().public_service("/docs", FullPath::new(pages), "documentation");
/// # drop(app);
/// ```
#[derive(Debug, Clone)]
pub struct FullPath<T>(T);

impl<T> FullPath<T> {
    /// Wraps a service.
    pub fn new(service: T) -> Self {
        Self(service)
    }
}

impl<B, T: Service<Request<B>>> Service<Request<B>> for FullPath<T> {
    type Response = T::Response;
    type Error = T::Error;
    type Future = T::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), T::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> T::Future {
        // The outermost router inserts it, before any prefix is stripped.
        if let Some(OriginalUri(uri)) = request.extensions().get().cloned() {
            *request.uri_mut() = uri;
        }
        self.0.call(request)
    }
}
