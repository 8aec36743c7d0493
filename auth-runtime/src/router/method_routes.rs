//! The methods of one path: [`MethodRoutes`], and the functions that start one, named as in `axum::routing`.

use super::gate::{GuardedHandler, HandlerFn, Mounted};
use super::posture::{Policy, RoutePosture};
use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::{MethodFilter, MethodRouter, Route};
use std::convert::Infallible;
use std::fmt;
use std::panic::Location;
use tower_layer::Layer;
use tower_service::Service;

/// The handlers of one path, each with its decision, by method.
///
/// Made by [`get`](crate::routing::get) and its like; goes to [`AuthRouter::route`](crate::AuthRouter::route). As
/// axum's `MethodRouter`, but with no entry for a handler or service without a decision.
#[must_use]
pub struct MethodRoutes<S = ()> {
    pub(super) inner: MethodRouter<S>,
    /// With an empty path: it is known when the router takes them.
    pub(super) routes: Vec<RoutePosture>,
    /// Around the answer to other methods, which is axum's own 405 unless one of these answers by itself.
    pub(super) unmatched_layers: Vec<&'static str>,
}

/// What one mounted handler is, for the posture.
#[track_caller]
pub(super) fn route_posture<F, Args, M, S>(method: &'static str) -> RoutePosture
where
    F: GuardedHandler<Args, M, S>,
{
    RoutePosture { asked: F::asked(), ..described(method, F::policy(), std::any::type_name::<F>()) }
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
        verifier: None,
    }
}

/// The methods of a filter, which only tells what it equals.
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

// One method an invocation: when a handler is refused, the compiler prints the invocation.
macro_rules! by_method {
    ($name:ident $METHOD:literal) => {
        #[doc = concat!("Routes ", $METHOD, " requests to a handler that takes a proof first.")]
        #[track_caller]
        pub fn $name<F, Args, M, S>(handler: F) -> MethodRoutes<S>
        where
            F: HandlerFn<Args, Itself: GuardedHandler<Args, M, S>>,
            Args: 'static,
            M: 'static,
            S: Clone + Send + Sync + 'static,
        {
            MethodRoutes {
                inner: axum::routing::$name(Mounted::new::<F::Itself, Args, M>(handler.itself())),
                routes: vec![route_posture::<F::Itself, Args, M, S>($METHOD)],
                unmatched_layers: Vec::new(),
            }
        }
    };
}

macro_rules! chained {
    ($name:ident $METHOD:literal) => {
        #[doc = concat!("Also routes ", $METHOD, " requests, to a handler that takes a proof first.")]
        #[track_caller]
        pub fn $name<F, Args, M>(mut self, handler: F) -> Self
        where
            F: HandlerFn<Args, Itself: GuardedHandler<Args, M, S>>,
            Args: 'static,
            M: 'static,
        {
            self.inner = self.inner.$name(Mounted::new::<F::Itself, Args, M>(handler.itself()));
            self.routes.push(route_posture::<F::Itself, Args, M, S>($METHOD));
            self
        }
    };
}

/// Starts a [`MethodRoutes`], as `axum::routing` does.
pub mod routing {
    use super::{GuardedHandler, HandlerFn, MethodRoutes, Mounted, methods, route_posture};
    pub use axum::routing::MethodFilter;

    by_method!(get "GET");
    by_method!(post "POST");
    by_method!(put "PUT");
    by_method!(patch "PATCH");
    by_method!(delete "DELETE");
    by_method!(head "HEAD");
    by_method!(options "OPTIONS");
    by_method!(trace "TRACE");
    by_method!(connect "CONNECT");
    by_method!(any "ANY");

    /// Routes the methods of a filter to a handler that takes a proof first.
    #[track_caller]
    pub fn on<F, Args, M, S>(filter: MethodFilter, handler: F) -> MethodRoutes<S>
    where
        F: HandlerFn<Args, Itself: GuardedHandler<Args, M, S>>,
        Args: 'static,
        M: 'static,
        S: Clone + Send + Sync + 'static,
    {
        MethodRoutes {
            inner: axum::routing::on(filter, Mounted::new::<F::Itself, Args, M>(handler.itself())),
            routes: methods(filter).map(route_posture::<F::Itself, Args, M, S>).collect(),
            unmatched_layers: Vec::new(),
        }
    }
}

impl<S: Clone + Send + Sync + 'static> MethodRoutes<S> {
    /// No methods yet: every request gets 405.
    pub fn new() -> Self {
        Self { inner: MethodRouter::new(), routes: Vec::new(), unmatched_layers: Vec::new() }
    }

    chained!(get "GET");
    chained!(post "POST");
    chained!(put "PUT");
    chained!(patch "PATCH");
    chained!(delete "DELETE");
    chained!(head "HEAD");
    chained!(options "OPTIONS");
    chained!(trace "TRACE");
    chained!(connect "CONNECT");

    /// Answers the methods that have no handler of their own, with a handler that takes a proof first.
    ///
    /// # Panics
    ///
    /// After [`any`](crate::routing::any), and after another fallback: axum would put this one in the place of what is
    /// there.
    #[track_caller]
    pub fn fallback<F, Args, M>(mut self, handler: F) -> Self
    where
        F: HandlerFn<Args, Itself: GuardedHandler<Args, M, S>>,
        Args: 'static,
        M: 'static,
    {
        assert!(
            !self.routes.iter().any(|route| route.is_fallback() || route.method == "ANY"),
            "this path has an answer for every method already; keep one of them"
        );
        self.inner = self.inner.fallback(Mounted::new::<F::Itself, Args, M>(handler.itself()));
        self.routes.push(route_posture::<F::Itself, Args, M, S>("FALLBACK(405)"));
        self
    }

    /// Also routes the methods of a filter, to a handler that takes a proof first.
    #[track_caller]
    pub fn on<F, Args, M>(mut self, filter: MethodFilter, handler: F) -> Self
    where
        F: HandlerFn<Args, Itself: GuardedHandler<Args, M, S>>,
        Args: 'static,
        M: 'static,
    {
        self.inner = self.inner.on(filter, Mounted::new::<F::Itself, Args, M>(handler.itself()));
        for method in methods(filter) {
            self.routes.push(route_posture::<F::Itself, Args, M, S>(method));
        }
        self
    }

    /// The methods of both.
    ///
    /// # Panics
    ///
    /// When both have a handler for the same method, as axum's.
    #[track_caller]
    pub fn merge(mut self, other: Self) -> Self {
        self.inner = self.inner.merge(other.inner);
        self.routes.extend(other.routes);
        self.unmatched_layers.extend(other.unmatched_layers);
        self
    }

    /// Puts a layer around what is there so far. It runs before the decision.
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        self.inner = self.inner.layer(layer);
        layered::<L>(&mut self.routes);
        self.unmatched_layers.push(std::any::type_name::<L>());
        self
    }

    /// Puts a layer around the handlers that are there so far, but not around the answer to other methods.
    ///
    /// # Panics
    ///
    /// When there is no handler yet, as axum's.
    #[track_caller]
    pub fn route_layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        self.inner = self.inner.route_layer(layer);
        // axum keeps the handler of `any` where the answer to other methods is.
        layered::<L>(self.routes.iter_mut().filter(|route| !route.is_fallback() && route.method != "ANY"));
        self
    }
}

/// Notes a layer with the routes that it is put around.
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
        Self { inner: self.inner.clone(), routes: self.routes.clone(), unmatched_layers: self.unmatched_layers.clone() }
    }
}

impl<S> fmt::Debug for MethodRoutes<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MethodRoutes").field("routes", &self.routes).finish_non_exhaustive()
    }
}
