//! Routes the methods of one path: [`MethodRoutes`], and functions named as in `axum::routing`.

use super::gate::{Handler, HandlerFn, Mounted};
use super::posture::{Policy, RoutePosture};
use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::{MethodFilter, MethodRouter, Route};
use std::convert::Infallible;
use std::fmt;
use std::panic::Location;
use tower_layer::Layer;
use tower_service::Service;

/// Routes the methods of one path to handlers, each with its decision.
///
/// [`get`](crate::routing::get) and the other functions of that module make it, and
/// [`AuthRouter::route`](crate::AuthRouter::route) takes it. It is used like axum's `MethodRouter`,
/// but accepts no handler or service without a decision.
///
/// ```
/// use auth_runtime::routing::get;
/// use auth_runtime::{AuthRouter, Claims, MethodRoutes, Verifier, authenticated};
///
/// #[authenticated]
/// async fn list() {}
///
/// #[authenticated]
/// async fn create() {}
///
/// let routes: MethodRoutes<Verifier<Claims>> = get(list).post(create);
/// let app = AuthRouter::new().route("/orders", routes);
/// assert_eq!(app.posture().routes().iter().filter(|route| route.path == "/orders").count(), 2);
/// ```
#[must_use]
pub struct MethodRoutes<S = ()> {
    pub(super) inner: MethodRouter<S>,
    /// The path is empty until the router takes them.
    pub(super) routes: Vec<RoutePosture>,
    /// The answer to all other methods. axum keeps exactly one for each path: its own 405, a
    /// fallback, or the handler of `any`.
    pub(super) others: RoutePosture,
}

/// Describes a mounted handler for the posture.
#[track_caller]
pub(super) fn route_posture<F, Args, M, S>(method: &'static str) -> RoutePosture
where
    F: Handler<Args, M, S>,
{
    let (policy, handler) = (F::policy(), std::any::type_name::<F>());
    // P9: a set-up changes the service, and browsers and caches repeat other methods by themselves.
    assert!(
        method == "POST" || !matches!(policy, Policy::Setup { .. }),
        "`#[setup]` handler is mounted for `{method}`: `{handler}`: mount it with `post(..)`"
    );
    RoutePosture { asked: F::asked(), ..described(method, policy, handler) }
}

#[track_caller]
pub(super) fn described(method: &'static str, policy: Policy, handler: &'static str) -> RoutePosture {
    RoutePosture {
        method,
        path: String::new(),
        policy,
        handler,
        location: Location::caller(),
        layers: Vec::new(),
        asked: None,
        not_required: Vec::new(),
        describes: None,
        grpc: false,
        verifier: None,
        sender: None,
        setup: None,
    }
}

/// Describes axum's 405, for a path without its own answer to other methods.
#[track_caller]
pub(super) fn not_allowed() -> RoutePosture {
    described("FALLBACK(405)", Policy::Unmatched, "-")
}

/// Lists the methods of a filter, which can only be compared.
fn methods(filter: MethodFilter) -> impl Iterator<Item = &'static str> {
    const ALL: [(MethodFilter, &str); 9] = [
        (MethodFilter::CONNECT, "CONNECT"),
        (MethodFilter::DELETE, "DELETE"),
        (MethodFilter::GET, "GET"),
        (MethodFilter::HEAD, "HEAD"),
        (MethodFilter::OPTIONS, "OPTIONS"),
        (MethodFilter::PATCH, "PATCH"),
        (MethodFilter::POST, "POST"),
        (MethodFilter::PUT, "PUT"),
        (MethodFilter::TRACE, "TRACE"),
    ];
    ALL.into_iter().filter(move |(one, _)| filter.or(*one) == filter).map(|(_, name)| name)
}

/// Functions that make [`MethodRoutes`], as in `axum::routing`.
pub mod routing {
    use super::{Handler, HandlerFn, MethodRoutes, Mounted, route_posture};
    pub use axum::routing::MethodFilter;

    // Written out, because rustc would add the expansion of a macro to the error of each handler
    // that is refused.

    /// Routes GET requests to a handler that takes a proof first.
    #[track_caller]
    pub fn get<F, Args, M, S>(handler: F) -> MethodRoutes<S>
    where
        F: HandlerFn<Args, Itself: Handler<Args, M, S>>,
        Args: 'static,
        M: 'static,
        S: Clone + Send + Sync + 'static,
    {
        on(MethodFilter::GET, handler)
    }

    /// Routes POST requests to a handler that takes a proof first.
    #[track_caller]
    pub fn post<F, Args, M, S>(handler: F) -> MethodRoutes<S>
    where
        F: HandlerFn<Args, Itself: Handler<Args, M, S>>,
        Args: 'static,
        M: 'static,
        S: Clone + Send + Sync + 'static,
    {
        on(MethodFilter::POST, handler)
    }

    /// Routes PUT requests to a handler that takes a proof first.
    #[track_caller]
    pub fn put<F, Args, M, S>(handler: F) -> MethodRoutes<S>
    where
        F: HandlerFn<Args, Itself: Handler<Args, M, S>>,
        Args: 'static,
        M: 'static,
        S: Clone + Send + Sync + 'static,
    {
        on(MethodFilter::PUT, handler)
    }

    /// Routes PATCH requests to a handler that takes a proof first.
    #[track_caller]
    pub fn patch<F, Args, M, S>(handler: F) -> MethodRoutes<S>
    where
        F: HandlerFn<Args, Itself: Handler<Args, M, S>>,
        Args: 'static,
        M: 'static,
        S: Clone + Send + Sync + 'static,
    {
        on(MethodFilter::PATCH, handler)
    }

    /// Routes DELETE requests to a handler that takes a proof first.
    #[track_caller]
    pub fn delete<F, Args, M, S>(handler: F) -> MethodRoutes<S>
    where
        F: HandlerFn<Args, Itself: Handler<Args, M, S>>,
        Args: 'static,
        M: 'static,
        S: Clone + Send + Sync + 'static,
    {
        on(MethodFilter::DELETE, handler)
    }

    /// Routes HEAD requests to a handler that takes a proof first.
    #[track_caller]
    pub fn head<F, Args, M, S>(handler: F) -> MethodRoutes<S>
    where
        F: HandlerFn<Args, Itself: Handler<Args, M, S>>,
        Args: 'static,
        M: 'static,
        S: Clone + Send + Sync + 'static,
    {
        on(MethodFilter::HEAD, handler)
    }

    /// Routes OPTIONS requests to a handler that takes a proof first.
    #[track_caller]
    pub fn options<F, Args, M, S>(handler: F) -> MethodRoutes<S>
    where
        F: HandlerFn<Args, Itself: Handler<Args, M, S>>,
        Args: 'static,
        M: 'static,
        S: Clone + Send + Sync + 'static,
    {
        on(MethodFilter::OPTIONS, handler)
    }

    /// Routes TRACE requests to a handler that takes a proof first.
    #[track_caller]
    pub fn trace<F, Args, M, S>(handler: F) -> MethodRoutes<S>
    where
        F: HandlerFn<Args, Itself: Handler<Args, M, S>>,
        Args: 'static,
        M: 'static,
        S: Clone + Send + Sync + 'static,
    {
        on(MethodFilter::TRACE, handler)
    }

    /// Routes CONNECT requests to a handler that takes a proof first.
    #[track_caller]
    pub fn connect<F, Args, M, S>(handler: F) -> MethodRoutes<S>
    where
        F: HandlerFn<Args, Itself: Handler<Args, M, S>>,
        Args: 'static,
        M: 'static,
        S: Clone + Send + Sync + 'static,
    {
        on(MethodFilter::CONNECT, handler)
    }

    /// Routes requests of all methods to a handler that takes a proof first.
    #[track_caller]
    pub fn any<F, Args, M, S>(handler: F) -> MethodRoutes<S>
    where
        F: HandlerFn<Args, Itself: Handler<Args, M, S>>,
        Args: 'static,
        M: 'static,
        S: Clone + Send + Sync + 'static,
    {
        MethodRoutes {
            inner: axum::routing::any(Mounted::new::<F, Args, M>(handler)),
            routes: Vec::new(),
            others: route_posture::<F::Itself, Args, M, S>("ANY"),
        }
    }

    /// Routes the methods of a filter to a handler that takes a proof first.
    #[track_caller]
    pub fn on<F, Args, M, S>(filter: MethodFilter, handler: F) -> MethodRoutes<S>
    where
        F: HandlerFn<Args, Itself: Handler<Args, M, S>>,
        Args: 'static,
        M: 'static,
        S: Clone + Send + Sync + 'static,
    {
        MethodRoutes::new().on(filter, handler)
    }
}

impl<S: Clone + Send + Sync + 'static> MethodRoutes<S> {
    /// Makes an empty set of routes, which answers every request with 405.
    #[track_caller]
    pub fn new() -> Self {
        Self { inner: MethodRouter::new(), routes: Vec::new(), others: not_allowed() }
    }

    /// Also routes GET requests, to a handler that takes a proof first.
    #[track_caller]
    pub fn get<F, Args, M>(self, handler: F) -> Self
    where
        F: HandlerFn<Args, Itself: Handler<Args, M, S>>,
        Args: 'static,
        M: 'static,
    {
        self.on(MethodFilter::GET, handler)
    }

    /// Also routes POST requests, to a handler that takes a proof first.
    #[track_caller]
    pub fn post<F, Args, M>(self, handler: F) -> Self
    where
        F: HandlerFn<Args, Itself: Handler<Args, M, S>>,
        Args: 'static,
        M: 'static,
    {
        self.on(MethodFilter::POST, handler)
    }

    /// Also routes PUT requests, to a handler that takes a proof first.
    #[track_caller]
    pub fn put<F, Args, M>(self, handler: F) -> Self
    where
        F: HandlerFn<Args, Itself: Handler<Args, M, S>>,
        Args: 'static,
        M: 'static,
    {
        self.on(MethodFilter::PUT, handler)
    }

    /// Also routes PATCH requests, to a handler that takes a proof first.
    #[track_caller]
    pub fn patch<F, Args, M>(self, handler: F) -> Self
    where
        F: HandlerFn<Args, Itself: Handler<Args, M, S>>,
        Args: 'static,
        M: 'static,
    {
        self.on(MethodFilter::PATCH, handler)
    }

    /// Also routes DELETE requests, to a handler that takes a proof first.
    #[track_caller]
    pub fn delete<F, Args, M>(self, handler: F) -> Self
    where
        F: HandlerFn<Args, Itself: Handler<Args, M, S>>,
        Args: 'static,
        M: 'static,
    {
        self.on(MethodFilter::DELETE, handler)
    }

    /// Also routes HEAD requests, to a handler that takes a proof first.
    #[track_caller]
    pub fn head<F, Args, M>(self, handler: F) -> Self
    where
        F: HandlerFn<Args, Itself: Handler<Args, M, S>>,
        Args: 'static,
        M: 'static,
    {
        self.on(MethodFilter::HEAD, handler)
    }

    /// Also routes OPTIONS requests, to a handler that takes a proof first.
    #[track_caller]
    pub fn options<F, Args, M>(self, handler: F) -> Self
    where
        F: HandlerFn<Args, Itself: Handler<Args, M, S>>,
        Args: 'static,
        M: 'static,
    {
        self.on(MethodFilter::OPTIONS, handler)
    }

    /// Also routes TRACE requests, to a handler that takes a proof first.
    #[track_caller]
    pub fn trace<F, Args, M>(self, handler: F) -> Self
    where
        F: HandlerFn<Args, Itself: Handler<Args, M, S>>,
        Args: 'static,
        M: 'static,
    {
        self.on(MethodFilter::TRACE, handler)
    }

    /// Also routes CONNECT requests, to a handler that takes a proof first.
    #[track_caller]
    pub fn connect<F, Args, M>(self, handler: F) -> Self
    where
        F: HandlerFn<Args, Itself: Handler<Args, M, S>>,
        Args: 'static,
        M: 'static,
    {
        self.on(MethodFilter::CONNECT, handler)
    }

    /// Answers all other methods, with a handler that takes a proof first.
    ///
    /// # Panics
    ///
    /// After [`any`](crate::routing::any) or another fallback, because axum would replace it with
    /// this one.
    #[track_caller]
    pub fn fallback<F, Args, M>(mut self, handler: F) -> Self
    where
        F: HandlerFn<Args, Itself: Handler<Args, M, S>>,
        Args: 'static,
        M: 'static,
    {
        assert!(
            self.others.is_unmatched(),
            "this path already has an answer for all other methods: keep one of the two fallbacks"
        );
        self.inner = self.inner.fallback(Mounted::new::<F, Args, M>(handler));
        self.others = route_posture::<F::Itself, Args, M, S>("FALLBACK(405)");
        self
    }

    /// Also routes the methods of a filter, to a handler that takes a proof first.
    #[track_caller]
    pub fn on<F, Args, M>(mut self, filter: MethodFilter, handler: F) -> Self
    where
        F: HandlerFn<Args, Itself: Handler<Args, M, S>>,
        Args: 'static,
        M: 'static,
    {
        self.inner = self.inner.on(filter, Mounted::new::<F, Args, M>(handler));
        for method in methods(filter) {
            self.routes.push(route_posture::<F::Itself, Args, M, S>(method));
        }
        self
    }

    /// Merges the methods of both.
    ///
    /// # Panics
    ///
    /// When both have a handler for the same method, or both a fallback, as axum does.
    #[track_caller]
    pub fn merge(mut self, other: Self) -> Self {
        self.inner = self.inner.merge(other.inner);
        self.routes.extend(other.routes);
        self.others = self.others.merged_with(other.others);
        self
    }

    /// Adds a layer around the handlers and the fallback that were added so far.
    ///
    /// The layer runs before the decision.
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        self.inner = self.inner.layer(layer);
        layered::<L>(self.routes.iter_mut().chain([&mut self.others]));
        self
    }

    /// Adds a layer around the handlers that were added so far, but not around the fallback.
    ///
    /// # Panics
    ///
    /// When there is no handler yet, as axum does.
    #[track_caller]
    pub fn route_layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        self.inner = self.inner.route_layer(layer);
        // axum keeps the handler of `any` as the answer to other methods, so it gets no layer
        // either.
        layered::<L>(&mut self.routes);
        self
    }
}

/// Records a layer in the posture of the routes inside it.
pub(super) fn layered<'a, L>(routes: impl IntoIterator<Item = &'a mut RoutePosture>) {
    for route in routes.into_iter().filter(|route| !route.is_job()) {
        route.layers.push(std::any::type_name::<L>());
    }
}

impl<S: Clone + Send + Sync + 'static> Default for MethodRoutes<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Clone for MethodRoutes<S> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), routes: self.routes.clone(), others: self.others.clone() }
    }
}

impl<S> fmt::Debug for MethodRoutes<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MethodRoutes")
            .field("routes", &self.routes)
            .field("others", &self.others)
            .finish_non_exhaustive()
    }
}
