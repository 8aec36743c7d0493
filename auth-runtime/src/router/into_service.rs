//! Makes a service of the finished router.
//!
//! P5: this file never returns the inner `axum::Router`, because it would accept routes without a
//! decision.

use super::AuthRouter;
use super::admitted::Admitted;
use crate::base::{OfRequest, Within};
use crate::credential::carrier::protect_from_layers;
use axum::body::{Bytes, HttpBody};
use axum::extract::ConnectInfo;
use axum::response::Response;
use axum::routing::future::RouteFuture;
use axum::serve::IncomingStream;
use axum::{BoxError, ServiceExt};
use http::header::ALLOW;
use http::{Request, StatusCode};
use pin_project_lite::pin_project;
use std::convert::Infallible;
use std::fmt;
use std::future::{Future, Ready, ready};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::net::TcpListener;
use tower_service::Service;

/// P9: the compiler cannot detect this call.
const CALLED: &str = "a handler called a router with a request that came from no connection: move the shared code into a \
                      function, and call it from both handlers";

impl AuthRouter {
    /// Makes a service for each connection, for listeners other than those of
    /// [`serve`](super::serve).
    ///
    /// Servers and test clients of other crates take it, such as `axum_test::TestServer`.
    ///
    /// `serve` and `axum::serve` take the router itself, and then events have the address of the
    /// peer.
    #[must_use]
    pub fn into_make_service(self) -> IntoMakeService {
        ServiceExt::<axum::extract::Request>::into_make_service(self)
    }
}

/// Other services and tests may call it, and it may be mounted in another router.
///
/// # Panics
///
/// If a handler calls it or polls its future. A request that the handler made would give it a
/// capability that the handler's own row of the posture does not list. Move the shared code into a
/// function, and call it from both handlers.
impl<B> Service<Request<B>> for AuthRouter
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    #[track_caller]
    fn call(&mut self, mut request: Request<B>) -> ResponseFuture {
        Within::assert_no_handler(CALLED);
        let admitted = self.hides_unmatched.then(|| Admitted::watch(request.extensions_mut()));
        self.formats.insert_into(request.extensions_mut());
        protect_from_layers(request.headers_mut());
        // Handlers are cloned for the call, and with them what a closure has captured.
        let _restored = Within::Router.mark();
        ResponseFuture { inner: OfRequest::router(self.inner.call(request)), admitted }
    }
}

/// For `axum::serve(listener, router)`.
impl Service<IncomingStream<'_, TcpListener>> for AuthRouter {
    type Response = Connection;
    type Error = Infallible;
    type Future = Ready<Result<Connection, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, stream: IncomingStream<'_, TcpListener>) -> Self::Future {
        ready(Ok(Connection { router: self.clone(), peer: *stream.remote_addr() }))
    }
}

pin_project! {
    /// The response of an [`AuthRouter`].
    ///
    /// ```
    /// use auth_runtime::AuthRouter;
    /// use auth_runtime::serve::ResponseFuture;
    /// use axum::body::Body;
    /// use axum::http::{Request, StatusCode};
    /// use tower_service::Service;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let mut app: AuthRouter = AuthRouter::new();
    /// let response: ResponseFuture = app.call(Request::new(Body::empty()));
    /// let Ok(response) = response.await;
    /// assert_eq!(response.status(), StatusCode::NOT_FOUND);
    /// # }
    /// ```
    pub struct ResponseFuture {
        #[pin]
        inner: OfRequest<RouteFuture<Infallible>>,
        // `Some` if the router hides unmatched routes.
        admitted: Option<Admitted>,
    }
}

impl Future for ResponseFuture {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // P5: also if the future was made before the request.
        Within::assert_no_handler(CALLED);
        let this = self.project();
        let mut polled = this.inner.poll(cx);
        // P8: outside of all layers, axum adds `Allow` to every response to an unmatched method,
        // which shows that the path exists. The status cannot decide, because a layer may have
        // changed it. Only an admitted request may see `Allow`. A 405 without an admission is
        // axum's own, on a route that is not hidden: RFC 9110 section 15.5.6 requires `Allow`
        // there.
        if let Poll::Ready(Ok(response)) = &mut polled
            && this.admitted.as_ref().is_some_and(|admitted| !admitted.is_so())
            && response.status() != StatusCode::METHOD_NOT_ALLOWED
        {
            response.headers_mut().remove(ALLOW);
        }
        polled
    }
}

impl fmt::Debug for ResponseFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

/// Makes a router service for each connection: see [`AuthRouter::into_make_service`].
///
/// axum's own type, because servers and test clients of other crates accept it.
///
/// ```
/// use auth_runtime::AuthRouter;
/// use auth_runtime::serve::IntoMakeService;
///
/// let app: AuthRouter = AuthRouter::new();
/// let service: IntoMakeService = app.into_make_service(); // `axum_test::TestServer` takes it
/// # drop(service);
/// ```
// P5: it gives out clones of the `AuthRouter`, never the `Router` in it.
pub type IntoMakeService = axum::routing::IntoMakeService<AuthRouter>;

/// A router on one connection.
///
/// It passes the address of the peer to the events, and to handlers that extract `ConnectInfo`.
///
/// ```
/// use auth_runtime::{AuthRouter, public, routing::get};
/// use axum::extract::ConnectInfo;
/// use std::net::SocketAddr;
///
/// #[public(reason = "shows clients their own address")]
/// async fn address(ConnectInfo(peer): ConnectInfo<SocketAddr>) -> String {
///     peer.to_string()
/// }
///
/// async fn run(listener: tokio::net::TcpListener) -> std::io::Result<()> {
///     let app: AuthRouter = AuthRouter::new().route("/address", get(address));
///     axum::serve(listener, app).await
/// }
/// # let _ = run;
/// ```
#[derive(Debug, Clone)]
pub struct Connection {
    router: AuthRouter,
    peer: SocketAddr,
}

impl<B> Service<Request<B>> for Connection
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<B>) -> ResponseFuture {
        request.extensions_mut().insert(ConnectInfo(self.peer));
        self.router.call(request)
    }
}
