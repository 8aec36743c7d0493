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
    /// The answer to all other methods. axum keeps exactly one for each path: its own 405, a fallback, or the handler of `any`.
    pub(super) others: RoutePosture,
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

/// axum's 405, for a path without an answer of its own to other methods.
#[track_caller]
pub(super) fn not_allowed() -> RoutePosture {
    described("FALLBACK(405)", Policy::Unmatched, "-")
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
                others: not_allowed(),
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
    use super::{GuardedHandler, HandlerFn, MethodRoutes, Mounted, methods, not_allowed, route_posture};
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

    /// Routes requests of all methods to a handler that takes a proof first.
    #[track_caller]
    pub fn any<F, Args, M, S>(handler: F) -> MethodRoutes<S>
    where
        F: HandlerFn<Args, Itself: GuardedHandler<Args, M, S>>,
        Args: 'static,
        M: 'static,
        S: Clone + Send + Sync + 'static,
    {
        MethodRoutes {
            inner: axum::routing::any(Mounted::new::<F::Itself, Args, M>(handler.itself())),
            routes: Vec::new(),
            others: route_posture::<F::Itself, Args, M, S>("ANY"),
        }
    }

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
            others: not_allowed(),
        }
    }
}

impl<S: Clone + Send + Sync + 'static> MethodRoutes<S> {
    /// No methods yet: every request gets 405.
    #[track_caller]
    pub fn new() -> Self {
        Self { inner: MethodRouter::new(), routes: Vec::new(), others: not_allowed() }
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
        assert!(self.others.is_unmatched(), "this path has an answer for every method already; keep one of them");
        self.inner = self.inner.fallback(Mounted::new::<F::Itself, Args, M>(handler.itself()));
        self.others = route_posture::<F::Itself, Args, M, S>("FALLBACK(405)");
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
    /// When both have a handler for the same method, or both an answer to all other methods, as axum's.
    #[track_caller]
    pub fn merge(mut self, other: Self) -> Self {
        self.inner = self.inner.merge(other.inner);
        self.routes.extend(other.routes);
        self.others = self.others.merged_with(other.others);
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
        layered::<L>(self.routes.iter_mut().chain([&mut self.others]));
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
        // Not around the answer to other methods, which is also where axum keeps the handler of `any`.
        layered::<L>(&mut self.routes);
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
